import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { DateText, type Position, type SortValue } from "./cursor.ts";
import type { SortColumn } from "./sort-order.ts";

/** How a value that is not null is compared with a column's. */
export type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** A condition on rows, in no database's words. */
export type Condition =
	| { readonly all: readonly Condition[] }
	| { readonly any: readonly Condition[] }
	| { readonly column: string; readonly isNull: boolean }
	| {
			readonly column: string;
			readonly operator: Comparison;
			readonly value: NonNullable<SortValue>;
	  };

const always: Condition = { all: [] };
const never: Condition = { any: [] };

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
	const { reference, nulls, neverNull } = first;
	const value = position.values[0] ?? null;
	if (value !== null) {
		const inRange = within(order, position, value);
		return nulls === "last" && !neverNull
			? [inRange, isNull(reference)]
			: [inRange];
	}
	const inNull = allOf([isNull(reference), beyond(order, position, 1)]);
	return nulls === "last" ? [inNull] : [inNull, isNotNull(reference)];
}

/** The rows that have exactly these values. */
export function conditionAt(
	order: readonly SortColumn[],
	values: readonly SortValue[],
): Condition {
	return allOf(
		order.map(({ reference }, index) => {
			const value = values[index] ?? null;
			return value === null
				? isNull(reference)
				: { column: reference, operator: "=", value };
		}),
	);
}

/** By a first column with a value, the rows that have one too: a range, and what follows of those at its end. */
function within(
	order: readonly SortColumn[],
	position: Position,
	value: NonNullable<SortValue>,
): Condition {
	const { reference: column, direction } = order[0] as SortColumn; // the caller has it
	const after = direction === "desc" ? "<" : ">";
	if (order.length === 1) {
		const operator = position.isInclusive ? (`${after}=` as const) : after;
		return { column, operator, value };
	}
	return allOf([
		{ column, operator: `${after}=`, value },
		anyOf([{ column, operator: after, value }, beyond(order, position, 1)]),
	]);
}

/** Rows behind the position by its columns from `index` on, of those that have the same values before it. */
function beyond(
	order: readonly SortColumn[],
	position: Position,
	index: number,
): Condition {
	const column = order[index];
	if (column === undefined) {
		return position.isInclusive ? always : never;
	}
	const value = position.values[index] ?? null;
	const isLast = index === order.length - 1;
	if (isLast && value !== null) {
		return compared(column, value, position.isInclusive);
	}
	return allOf([
		notBefore(column, value),
		anyOf([after(column, value), beyond(order, position, index + 1)]),
	]);
}

/** The column's value is the cursor's or comes after it. */
function notBefore(column: SortColumn, value: SortValue): Condition {
	if (value !== null) {
		return compared(column, value, true);
	}
	return column.nulls === "first" ? always : isNull(column.reference);
}

/** The column's value comes after the cursor's. */
function after(column: SortColumn, value: SortValue): Condition {
	if (value !== null) {
		return compared(column, value, false);
	}
	return column.nulls === "first" ? isNotNull(column.reference) : never;
}

/** The column's value comes after one that is not null. */
function compared(
	{ reference, direction, nulls, neverNull }: SortColumn,
	value: NonNullable<SortValue>,
	orSame: boolean,
): Condition {
	const after = direction === "desc" ? "<" : ">";
	const operator = orSame ? (`${after}=` as const) : after;
	const comparison: Condition = { column: reference, operator, value };
	return nulls === "last" && !neverNull
		? anyOf([comparison, isNull(reference)])
		: comparison;
}

function isNull(column: string): Condition {
	return { column, isNull: true };
}

/** The rows that have a value in a column. */
export function isNotNull(column: string): Condition {
	return { column, isNull: false };
}

/** All of them hold; what always does is left out. */
function allOf(conditions: readonly Condition[]): Condition {
	const needed = conditions.filter((each) => !isSame(each, always));
	const [only] = needed;
	if (needed.some((each) => isSame(each, never))) {
		return never;
	}
	return needed.length === 1 && only !== undefined ? only : { all: needed };
}

/** One of them holds; what never does is left out. */
function anyOf(conditions: readonly Condition[]): Condition {
	const possible = conditions.filter((each) => !isSame(each, never));
	const [only] = possible;
	if (possible.some((each) => isSame(each, always))) {
		return always;
	}
	return possible.length === 1 && only !== undefined ? only : { any: possible };
}

/** Of conditions that hold for all rows or for none there is one form each. */
function isSame(condition: Condition, constant: Condition): boolean {
	return (
		("all" in condition && "all" in constant && condition.all.length === 0) ||
		("any" in condition && "any" in constant && condition.any.length === 0)
	);
}

// biome-ignore lint/suspicious/noExplicitAny: a query with tables of any kind
type AnyBuilder = ExpressionBuilder<any, any>;

/** A condition as Kysely's `where` takes it. */
export function kyselyCondition(
	condition: Condition,
): (builder: AnyBuilder) => Expression<SqlBool> {
	return (builder) => {
		if ("all" in condition || "any" in condition) {
			const parts = "all" in condition ? condition.all : condition.any;
			const expressions = parts.map((each) => kyselyCondition(each)(builder));
			return "all" in condition
				? builder.and(expressions)
				: builder.or(expressions);
		}
		return "isNull" in condition
			? builder(condition.column, condition.isNull ? "is" : "is not", null)
			: builder(condition.column, condition.operator, bound(condition.value));
	};
}

/** The bound form of a value. */
export function bound(
	value: NonNullable<SortValue>,
): string | number | bigint | boolean | Date {
	return value instanceof DateText ? value.text : value;
}

/** The order of two rows by their values, for lists in memory: texts by code units. */
export function compareValues(
	left: readonly SortValue[],
	right: readonly SortValue[],
	order: readonly SortColumn[],
): number {
	for (const [index, column] of order.entries()) {
		const result = compareIn(column, left[index] ?? null, right[index] ?? null);
		if (result !== 0) {
			return result;
		}
	}
	return 0;
}

/** The order of two values in a column: negative where the left one comes first. */
export function compareIn(
	{ direction, nulls }: SortColumn,
	left: SortValue,
	right: SortValue,
): number {
	if (left === null || right === null) {
		const isLeftFirst = Number(right === null) - Number(left === null);
		return nulls === "first" ? isLeftFirst : -isLeftFirst;
	}
	const [a, b] = [comparable(left), comparable(right)];
	const result = a < b ? -1 : a > b ? 1 : 0;
	return direction === "asc" ? result : -result;
}

function comparable(
	value: NonNullable<SortValue>,
): string | number | bigint | boolean {
	if (value instanceof DateText) {
		return Date.parse(value.text);
	}
	return value instanceof Date ? value.getTime() : value;
}
