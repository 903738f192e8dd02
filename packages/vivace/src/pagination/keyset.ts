import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { DateText, type Position, type SortValue } from "./cursor.ts";
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
 * @param order in the direction of reading, with the place that null has in it
 */
export function conditionsBeyond(
	order: readonly SortColumn[],
	position: Position,
): readonly Condition[] {
	const [first] = order;
	if (first === undefined) {
		return [];
	}
	const { reference, nulls } = first;
	const value = position.values[0] ?? null;
	const isNull: Condition = (builder) => builder(reference, "is", null);
	if (value !== null) {
		const inRange: Condition = (builder) =>
			within(builder, order, position, value);
		return nulls === "last" ? [inRange, isNull] : [inRange];
	}
	const inNull: Condition = (builder) =>
		all(builder, [isNull(builder), ...from(builder, order, position, 1)]);
	return nulls === "last"
		? [inNull]
		: [inNull, (builder) => builder(reference, "is not", null)];
}

/** The rows that have exactly these values. */
export function conditionAt(
	order: readonly SortColumn[],
	values: readonly SortValue[],
): Condition {
	return (builder) =>
		builder.and(
			order.map(({ reference }, index) => {
				const value = values[index] ?? null;
				return value === null
					? builder(reference, "is", null)
					: builder(reference, "=", bound(value));
			}),
		);
}

/** By a first column with a value, the rows that have one too: a range, and what follows of those at its end. */
function within(
	builder: AnyBuilder,
	order: readonly SortColumn[],
	position: Position,
	value: NonNullable<SortValue>,
): Expression<SqlBool> {
	const { reference, direction } = order[0] as SortColumn; // the caller has it
	const beyond = direction === "desc" ? "<" : ">";
	const orSame = direction === "desc" ? "<=" : ">=";
	if (order.length === 1) {
		const operator = position.isInclusive ? orSame : beyond;
		return builder(reference, operator, bound(value));
	}
	return builder.and([
		builder(reference, orSame, bound(value)),
		builder.or([
			builder(reference, beyond, bound(value)),
			all(builder, from(builder, order, position, 1)),
		]),
	]);
}

/**
 * The conditions for rows behind the position by its columns from `index` on, of those that have the same values before it. All of them
 * hold together; there are none where every row is behind it.
 */
function from(
	builder: AnyBuilder,
	order: readonly SortColumn[],
	position: Position,
	index: number,
): Expression<SqlBool>[] {
	const column = order[index];
	if (column === undefined) {
		return position.isInclusive ? [] : [builder.lit(false)];
	}
	const value = position.values[index] ?? null;
	const isLast = index === order.length - 1;
	if (isLast && value !== null) {
		return [compared(builder, column, value, position.isInclusive)];
	}
	const rest = from(builder, order, position, index + 1);
	return [
		...notBefore(builder, column, value),
		builder.or([
			...after(builder, column, value),
			rest.length === 0 ? builder.lit(true) : all(builder, rest),
		]),
	];
}

/** The column's value is the cursor's or comes after it; nothing to say where every value does. */
function notBefore(
	builder: AnyBuilder,
	column: SortColumn,
	value: SortValue,
): Expression<SqlBool>[] {
	if (value !== null) {
		return [compared(builder, column, value, true)];
	}
	return column.nulls === "first"
		? []
		: [builder(column.reference, "is", null)];
}

/** The column's value comes after the cursor's; nothing where none does. */
function after(
	builder: AnyBuilder,
	column: SortColumn,
	value: SortValue,
): Expression<SqlBool>[] {
	if (value !== null) {
		return [compared(builder, column, value, false)];
	}
	return column.nulls === "first"
		? [builder(column.reference, "is not", null)]
		: [];
}

/** The column's value comes after one that is not null. */
function compared(
	builder: AnyBuilder,
	{ reference, direction, nulls }: SortColumn,
	value: NonNullable<SortValue>,
	orSame: boolean,
): Expression<SqlBool> {
	const beyond = direction === "desc" ? "<" : ">";
	const comparison = builder(
		reference,
		orSame ? `${beyond}=` : beyond,
		bound(value),
	);
	return nulls === "last"
		? builder.or([comparison, builder(reference, "is", null)])
		: comparison;
}

function all(
	builder: AnyBuilder,
	conditions: readonly Expression<SqlBool>[],
): Expression<SqlBool> {
	return builder.and([...conditions]);
}

/** The bound form of a value. */
function bound(
	value: NonNullable<SortValue>,
): string | number | bigint | boolean | Date {
	return value instanceof DateText ? value.text : value;
}

/** The order of two rows by their values, for lists in memory: texts by code units, null less than any value. */
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
	if (value instanceof DateText) {
		return Date.parse(value.text);
	}
	return value instanceof Date ? value.getTime() : value;
}
