import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { Position, SortValue } from "./cursor.ts";
import type { SortColumn } from "./sort-order.ts";

// biome-ignore lint/suspicious/noExplicitAny: a query with tables of any kind
type AnyBuilder = ExpressionBuilder<any, any>;

/** A condition for a query's `where`. */
export type Condition = (builder: AnyBuilder) => Expression<SqlBool>;

/**
 * The rows that follow a position in an order, as conditions to be read one after the other, until a page is full: nearly always the first
 * one does. The second has the rows on the other side of null in the first column, which would cost the first its range.
 *
 * A condition is expanded, with a first term that the rest implies: `a <= ? and (a < ? or (b <= ? and (b < ? or id < ?)))`. Of that term
 * databases make a range of the index; MariaDB makes none of a comparison of rows.
 *
 * @param order in the direction of reading; its last column is unique and never null
 */
export function conditionsBeyond(
	order: readonly SortColumn[],
	position: Position,
): readonly Condition[] {
	const [first] = order;
	if (first === undefined || order.length === 1) {
		return [(builder) => strictly(builder, order, position, 0)];
	}
	const { reference, direction } = first;
	const value = position.values[0] ?? null;
	const inNull: Condition = (builder) =>
		builder.and([
			builder(reference, "is", null),
			from(builder, order, position, 1),
		]);
	if (value === null) {
		return direction === "desc"
			? [inNull]
			: [inNull, (builder) => builder(reference, "is not", null)];
	}
	const [orSame, beyond] =
		direction === "desc" ? (["<=", "<"] as const) : ([">=", ">"] as const);
	const inRange: Condition = (builder) =>
		builder.and([
			builder(reference, orSame, value),
			builder.or([
				builder(reference, beyond, value),
				from(builder, order, position, 1),
			]),
		]);
	return direction === "asc"
		? [inRange]
		: [inRange, (builder) => builder(reference, "is", null)];
}

/** What follows the position by its columns from `index` on, of rows that have the same values before it. */
function from(
	builder: AnyBuilder,
	order: readonly SortColumn[],
	position: Position,
	index: number,
): Expression<SqlBool> {
	if (index === order.length - 1) {
		return strictly(builder, order, position, index);
	}
	const column = order[index] as SortColumn; // the recursion ends at the last
	const value = position.values[index] ?? null;
	return builder.and([
		...notBefore(builder, column, value),
		builder.or([
			...after(builder, column, value),
			from(builder, order, position, index + 1),
		]),
	]);
}

/** By the key: the last column. */
function strictly(
	builder: AnyBuilder,
	order: readonly SortColumn[],
	{ values, isInclusive }: Position,
	index: number,
): Expression<SqlBool> {
	const { reference, direction } = order[index] as SortColumn; // the caller counts
	const operator = direction === "asc" ? ">" : "<";
	return builder(
		reference,
		isInclusive ? `${operator}=` : operator,
		values[index] ?? null,
	);
}

/** The column's value is the cursor's or comes after it; nothing to say where every value does. Null is less than any value. */
function notBefore(
	builder: AnyBuilder,
	{ reference, direction }: SortColumn,
	value: SortValue,
): Expression<SqlBool>[] {
	if (direction === "asc") {
		return value === null ? [] : [builder(reference, ">=", value)];
	}
	if (value === null) {
		return [builder(reference, "is", null)];
	}
	return [orNull(builder, reference, "<=", value)];
}

/** The column's value comes after the cursor's; nothing where none does. */
function after(
	builder: AnyBuilder,
	{ reference, direction }: SortColumn,
	value: SortValue,
): Expression<SqlBool>[] {
	if (direction === "asc") {
		return [
			value === null
				? builder(reference, "is not", null)
				: builder(reference, ">", value),
		];
	}
	return value === null ? [] : [orNull(builder, reference, "<", value)];
}

function orNull(
	builder: AnyBuilder,
	reference: string,
	operator: "<" | "<=",
	value: SortValue,
): Expression<SqlBool> {
	return builder.or([
		builder(reference, operator, value),
		builder(reference, "is", null),
	]);
}

/** The order of two rows by their values, for lists in memory: texts by code units. */
export function compareValues(
	left: readonly SortValue[],
	right: readonly SortValue[],
	order: readonly SortColumn[],
): number {
	for (const [index, { direction }] of order.entries()) {
		const result = compareValue(left[index] ?? null, right[index] ?? null);
		if (result !== 0) {
			return direction === "asc" ? result : -result;
		}
	}
	return 0;
}

function compareValue(left: SortValue, right: SortValue): number {
	if (left === null || right === null) {
		return Number(right === null) - Number(left === null);
	}
	const [a, b] = [comparable(left), comparable(right)];
	return a < b ? -1 : a > b ? 1 : 0;
}

function comparable(
	value: NonNullable<SortValue>,
): string | number | bigint | boolean {
	return value instanceof Date ? value.getTime() : value;
}
