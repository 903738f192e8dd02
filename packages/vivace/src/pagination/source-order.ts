import { DateText, type Position, type SortValue } from "./cursor.ts";
import { compareIn } from "./keyset.ts";
import { type SortColumn, UnsortableError } from "./sort-order.ts";
import { isSamePlace } from "./unique-places.ts";
import { mayBeInexact, textOf } from "./value-kinds.ts";
import type { FoundRows } from "./window.ts";

/**
 * Texts are sorted in as many ways as there are collations; all else has one order.
 *
 * @throws TypeError where rows are in another order than was asked for, or do not follow the place
 */
export function assertOrder(
	values: readonly (readonly SortValue[])[],
	order: readonly SortColumn[],
	position: Position | undefined,
): void {
	const [first] = values;
	if (position !== undefined && first !== undefined) {
		const isBefore = isOutOfOrder(position.values, first, order);
		const isThere = isSamePlace(position.values, first);
		if (isBefore || (isThere && !position.isInclusive)) {
			throw new UnsortableError(
				"paginate(): the source gives rows that stand before the place it was asked for: its condition must be the one that where() makes.",
			);
		}
	}
	for (const [index, row] of values.entries()) {
		const next = values[index + 1];
		if (next !== undefined && isOutOfOrder(row, next, order)) {
			throw new UnsortableError(
				`paginate(): the source gives rows in another order than it was asked for, ${orderText(order)}: it must sort by "order".`,
			);
		}
	}
}

/** True when the first column that differs says that the rows are the other way round, unless its values are less than what the column holds. */
function isOutOfOrder(
	row: readonly SortValue[],
	next: readonly SortValue[],
	order: readonly SortColumn[],
): boolean {
	for (const [index, column] of order.entries()) {
		const [left = null, right = null] = [row[index], next[index]];
		if (left !== null && right !== null && isText(left) && isText(right)) {
			if (textOf(left) !== textOf(right)) {
				return false;
			}
			continue;
		}
		const compared = compareIn(column, left, right);
		if (compared !== 0 || mayBeInexact(left)) {
			return compared > 0;
		}
	}
	return false;
}

function isText(value: SortValue): boolean {
	return typeof value === "string" || value instanceof DateText;
}

function orderText(order: readonly SortColumn[]): string {
	return order
		.map(({ reference, direction }) => `"${reference}" ${direction}`)
		.join(", ");
}

/** The values of two rows of which the one follows the other. */
export type RowPair = readonly [
	last: readonly SortValue[],
	next: readonly SortValue[],
];

/** Two rows between which the next page could begin, where that is not beyond doubt: the last ones, or such as texts leave open. */
export function doubtfulPair(
	values: FoundRows<unknown>["values"],
	order: readonly SortColumn[],
): RowPair | undefined {
	for (let index = values.length - 1; index > 0; index--) {
		const [last, next] = [values[index - 1], values[index]];
		if (last === undefined || next === undefined) {
			break;
		}
		const isLast = index === values.length - 1;
		if (
			(isLast && [...last, ...next].some(mayBeInexact)) ||
			isOtherwiseSorted(last, next, order)
		) {
			return [last, next];
		}
	}
	return undefined;
}

/** True where texts stand in another order than that of their code units: by a collation, which is well, or by the numbers of an enumeration. */
function isOtherwiseSorted(
	last: readonly SortValue[],
	next: readonly SortValue[],
	order: readonly SortColumn[],
): boolean {
	const index = order.findIndex(
		(_, at) => !isSamePlace([last[at] ?? null], [next[at] ?? null]),
	);
	const column = order[index];
	const [left, right] = [last[index], next[index]];
	return (
		column !== undefined &&
		typeof left === "string" &&
		typeof right === "string" &&
		compareIn(column, left, right) > 0
	);
}

/** True for values by which a row may not be found. */
export function isDoubtful(
	left: SortValue | undefined,
	right: SortValue | undefined,
): boolean {
	return (
		mayBeInexact(left) ||
		mayBeInexact(right) ||
		(typeof left === "string" && left !== right)
	);
}
