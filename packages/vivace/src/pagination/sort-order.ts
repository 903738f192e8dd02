import type { SortValue } from "./cursor.ts";

/** `"asc"` has null first and `"desc"` last, as SQLite and MySQL have them. */
export type SortDirection = "asc" | "desc";

/** A column that a list is sorted by. */
export interface SortColumn {
	/** What it is called in the query: `note.entry_time`. */
	readonly reference: string;
	/** What it is called in a row: `entry_time`. */
	readonly property: string;
	readonly direction: SortDirection;
}

/** A column's names, of {@link SortColumn}. */
export type ColumnNames = Pick<SortColumn, "reference" | "property">;

/**
 * The order with the key as its last column, in the direction of the one before it, so that an index serves both; as it is up to the key
 * where it has it.
 *
 * @param key a unique column
 */
export function totalOrder(
	order: readonly SortColumn[],
	key: ColumnNames,
): readonly SortColumn[] {
	const position = order.findIndex(
		({ property, reference }) =>
			isSameName(property, key.property) || reference === key.reference,
	);
	if (position !== -1) {
		return order.slice(0, position + 1);
	}
	return [...order, { ...key, direction: order.at(-1)?.direction ?? "asc" }];
}

/** The order from its other end. */
export function reversed(order: readonly SortColumn[]): readonly SortColumn[] {
	return order.map((column) => ({
		...column,
		direction: column.direction === "asc" ? "desc" : "asc",
	}));
}

/**
 * The values by which a row has its place in the order.
 *
 * @throws TypeError for a column that the row does not have, or a value that can't be sorted by
 */
export function sortValues(
	row: unknown,
	order: readonly SortColumn[],
): SortValue[] {
	return order.map(({ reference, property }, index) => {
		const value = fieldOf(row as Readonly<Record<string, unknown>>, property);
		const isKey = index === order.length - 1;
		if (isSortValue(value) && !(isKey && value === null)) {
			return value;
		}
		throw new TypeError(
			value === undefined
				? `the list is sorted by "${reference}", but its rows have no "${property}": select it.`
				: `a cursor can't hold ${describe(value)} of "${reference}": sort by numbers, texts, booleans or dates, and use a key that is never null.`,
		);
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

/** Whether two names are one in snake case and in camel case. */
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
				(value instanceof Date && !Number.isNaN(value.getTime()))
			);
	}
}

function describe(value: unknown): string {
	return typeof value === "object"
		? (value?.constructor?.name ?? "null")
		: String(value);
}
