import { DateText, type SortValue } from "./cursor.ts";
import { exactTextOf } from "./exact-values.ts";

/** In a list in memory `"asc"` has null first and `"desc"` last; a query's own database decides. */
export type SortDirection = "asc" | "desc";

/** On which side of all values null has its place. */
export type NullPlace = "first" | "last";

/** A column that a list is sorted by. */
export interface SortColumn {
	/** Its name in the query: `note.entry_time`. */
	readonly reference: string;
	/** Its name in a row: `entry_time`. */
	readonly property: string;
	readonly direction: SortDirection;
	readonly nulls: NullPlace;
	/** True where no row of the list has null in it. Default: nobody knows. */
	readonly neverNull?: boolean;
	/** True where the database has to be told the place of null, because it may have another one. */
	readonly saysNulls?: boolean;
}

/** A row that shows that its list can't be read by cursors: the program's mistake, whatever the client sent. */
export class UnsortableError extends TypeError {
	override readonly name = "TypeError";
}

/** A column's names, of {@link SortColumn}. */
export type ColumnNames = Pick<SortColumn, "reference" | "property">;

/** Where null stands in a direction if it counts as less than any value: in memory, on SQLite, MySQL and SQL Server. */
export function lowestNulls(direction: SortDirection): NullPlace {
	return direction === "asc" ? "first" : "last";
}

/**
 * The order with the columns of the key behind it that it lacks, in the direction of the one before, so that an index serves both; as it is up
 * to the key where it has it.
 *
 * @param keys the columns that are unique together, or two sets of such
 * @param nullsOf the place of null in a direction
 */
export function totalOrder(
	order: readonly SortColumn[],
	keys: readonly ColumnNames[],
	nullsOf: (
		direction: SortDirection,
	) => Pick<SortColumn, "nulls" | "saysNulls">,
): readonly SortColumn[] {
	const positions = keys.map((key) =>
		order.findIndex((column) => isSameColumn(column, key)),
	);
	if (!positions.includes(-1)) {
		return order.slice(0, Math.max(...positions) + 1);
	}
	const direction = order.at(-1)?.direction ?? "asc";
	const missing = keys.filter((_, index) => positions[index] === -1);
	return [
		...order,
		...missing.map((key) => ({ ...key, direction, ...nullsOf(direction) })),
	];
}

/** The order from its other end. */
export function reversed(order: readonly SortColumn[]): readonly SortColumn[] {
	return order.map((column) => ({
		...column,
		direction: column.direction === "asc" ? "desc" : "asc",
		nulls: column.nulls === "first" ? "last" : "first",
	}));
}

/** True for two names of one column. */
export function isSameColumn(left: ColumnNames, right: ColumnNames): boolean {
	const [table, column] = partsOf(left);
	const [otherTable, otherColumn] = partsOf(right);
	return (
		isSameName(column, otherColumn) &&
		(table === "" || otherTable === "" || isSameName(table, otherTable))
	);
}

function partsOf({ reference }: ColumnNames): readonly [string, string] {
	const [column = "", table = ""] = reference.split(".").toReversed();
	return [table, column];
}

/**
 * The values by which a row has its place in the order.
 *
 * @param keys the columns of the key, which are never null
 * @throws UnsortableError for a column that the row does not have, or a value that can't be sorted by
 */
export function sortValues(
	row: unknown,
	order: readonly SortColumn[],
	keys: readonly ColumnNames[],
): SortValue[] {
	return order.map((column) => {
		const value = sortValue(row, column);
		const mayBeNull = !keys.some((key) => isSameColumn(column, key));
		if (mayBeNull || value !== null) {
			return value;
		}
		throw unsortable(value, column);
	});
}

/**
 * A row's value in a column of the order.
 *
 * @param textForm what stands for a value that is none
 * @throws UnsortableError for a column that the row does not have, or a value that can't be sorted by
 */
export function sortValue(
	row: unknown,
	column: SortColumn,
	textForm: (value: unknown) => unknown = (value) => value,
): SortValue {
	const found = fieldOf(
		Object(row) as Readonly<Record<string, unknown>>,
		column.property,
	);
	const value = textForm(found);
	if (isSortValue(value)) {
		return value;
	}
	throw unsortable(value, column);
}

function unsortable(
	value: unknown,
	{ reference, property }: SortColumn,
): UnsortableError {
	return new UnsortableError(
		value === undefined
			? `the list is sorted by "${reference}", but its rows have no "${property}": select it.`
			: `a cursor can't hold ${describe(value)} of "${reference}": sort by numbers, texts, booleans or dates, and use a key that is never null.`,
	);
}

/** The values as their columns hold them, where the driver has told. */
export function exactValues(values: readonly SortValue[]): SortValue[] {
	return values.map((value) => {
		const text = value instanceof Date ? exactTextOf(value) : undefined;
		return text === undefined ? value : new DateText(text);
	});
}

/** A row's field by its column: `CamelCasePlugin` gives the query one name, and the row the other. */
function fieldOf(
	row: Readonly<Record<string, unknown>>,
	property: string,
): unknown {
	if (Object.hasOwn(row, property)) {
		return row[property];
	}
	const name = Object.keys(row).find((key) => isSameName(key, property));
	return name === undefined ? undefined : row[name];
}

/** True when two names are one in snake case and in camel case. */
export function isSameName(left: string, right: string): boolean {
	return left === right || plainName(left) === plainName(right);
}

function plainName(name: string): string {
	return name.replaceAll("_", "").toLowerCase();
}

function isSortValue(value: unknown): value is SortValue {
	switch (typeof value) {
		case "string":
		case "bigint":
		case "boolean":
			return true;
		case "number":
			return Number.isFinite(value);
		default:
			return (
				value === null ||
				(value instanceof Date &&
					// infinity is no time of JavaScript's, and sorts as the driver's text for it
					(!Number.isNaN(value.getTime()) || exactTextOf(value) !== undefined))
			);
	}
}

function describe(value: unknown): string {
	return typeof value === "object"
		? (value?.constructor?.name ?? "null")
		: String(value);
}
