import type { SortValue } from "./cursor.ts";
import { textOf } from "./value-kinds.ts";
import type { FoundRows, Window } from "./window.ts";

/** @throws TypeError when two rows have one place in the order: a cursor between them would lose one, or give it twice */
export function assertUnique(
	values: FoundRows<unknown>["values"],
	window: Pick<Window<unknown>, "order" | "rowsName">,
): void {
	const isTwice = values.some((each, index) => {
		const next = values[index + 1];
		return next !== undefined && isSamePlace(each, next);
	});
	if (isTwice) {
		throw tied(window);
	}
}

/** The error for rows that have one place. */
export function tied({
	order,
	rowsName,
}: Pick<Window<unknown>, "order" | "rowsName">): TypeError {
	const names = order.map(({ reference }) => `"${reference}"`).join(", ");
	return new TypeError(
		`a list can't be read by cursors when two ${rowsName} have the same ${names}: give the option "key" a column that is unique in the list, or ` +
			'several that are together, as ["order_id", "position"]: a primary key is one.',
	);
}

/** True for values of one place. */
export function isSamePlace(
	left: readonly SortValue[],
	right: readonly SortValue[],
): boolean {
	return left.every((value, index) => {
		const other = right[index] ?? null;
		return value === null || other === null
			? value === other
			: kindlessText(value) === kindlessText(other);
	});
}

function kindlessText(value: NonNullable<SortValue>): string {
	return `${typeof value === "string" ? "'" : ""}${textOf(value)}`;
}
