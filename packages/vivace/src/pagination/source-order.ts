import { DateText, type Position, type SortValue } from "./cursor.ts";
import { compareIn } from "./keyset.ts";
import { type SortColumn, UnsortableError } from "./sort-order.ts";
import { isSamePlace } from "./unique-places.ts";
import { mayBeInexact } from "./value-kinds.ts";
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

/** True when the first column that differs says that the rows are the other way round; what stands in an order of the database's own does not say it. */
function isOutOfOrder(
	row: readonly SortValue[],
	next: readonly SortValue[],
	order: readonly SortColumn[],
): boolean {
	for (const [index, column] of order.entries()) {
		const [left = null, right = null] = [row[index], next[index]];
		if (isSamePlace([left], [right]) && !mayBeInexact(left)) {
			continue;
		}
		const isPlain =
			left === null || right === null || (isPlainly(left) && isPlainly(right));
		return isPlain && compareIn(column, left, right) > 0;
	}
	return false;
}

/** True for a value of the one order that all databases have: not for texts, and what is written as one. */
function isPlainly(value: NonNullable<SortValue>): boolean {
	return typeof value !== "string" && !(value instanceof DateText);
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

/**
 * Two rows that follow each other, by which a place between them may not be found: the last two where values may be less than what the column holds, or two with different
 * words in the first column that differs. An enumeration is sorted by numbers and may be compared by words; long texts without a space, as UUIDs, are none.
 */
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
		const at = order.findIndex(
			(_, column) =>
				!isSamePlace([last[column] ?? null], [next[column] ?? null]),
		);
		if (
			(isLast && [...last, ...next].some(mayBeInexact)) ||
			isWord(last[at]) ||
			isWord(next[at])
		) {
			return [last, next];
		}
	}
	return undefined;
}

/** True where the end of a list is in doubt: rows may stand behind it that the conditions of a page before have left out. */
export function isDoubtfulEnd(last: readonly SortValue[]): boolean {
	return last.some((value) => isWord(value));
}

function isWord(value: SortValue | undefined): boolean {
	return typeof value === "string" && !/^[\w-]{16,}$/.test(value);
}

/** True for values by which a row may not be found. */
export function isDoubtful(
	left: SortValue | undefined,
	right: SortValue | undefined,
): boolean {
	return (
		mayBeInexact(left) ||
		mayBeInexact(right) ||
		(isWord(left) && left !== right)
	);
}
