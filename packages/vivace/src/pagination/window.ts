import type { OptionRules } from "../errors/options.ts";
import type { Position, SortValue } from "./cursor.ts";
import type { NullPlace, SortColumn, SortDirection } from "./sort-order.ts";

/** Options of `paginate` about the list. */
export interface ListOptions<Row> {
	/**
	 * The order of a list in memory, or of a source of one's own, most significant first; a query has its own. In a list in memory null is less than any value, unless
	 * a third member says `"nulls first"` or `"nulls last"`; the order of a source must say it for each column that may be null. Default: by the key alone.
	 */
	readonly orderBy?: readonly (readonly [
		column: keyof Row & string,
		direction: SortDirection,
		nulls?: `nulls ${NullPlace}`,
	])[];
	/**
	 * The filters that cursors are bound to instead of the query's tables and conditions: for a list in memory those that it was filtered by,
	 * for a query whose conditions change from request to request (`now()` as a value) what stays. Anything that JSON can hold. Default: the query's
	 * tables and conditions; of a list in memory nothing.
	 */
	readonly filters?: unknown;
}

/** Rules of {@link ListOptions}. */
export const listRules: OptionRules<AnyListOptions> = {
	orderBy: (value) =>
		Array.isArray(value) && value.every(isSorting)
			? undefined
			: 'a list of columns with their directions: [["entry_time", "desc"]]',
	filters: "any",
};

function isSorting(value: unknown): boolean {
	const [column, direction, nulls, ...rest] = Array.isArray(value) ? value : [];
	return (
		typeof column === "string" &&
		(direction === "asc" || direction === "desc") &&
		(nulls === undefined ||
			nulls === "nulls first" ||
			nulls === "nulls last") &&
		rest.length === 0
	);
}

/** {@link ListOptions} of a list of any rows. */
export type AnyListOptions = ListOptions<Readonly<Record<string, unknown>>>;

/** The columns that make the places of rows different. */
export interface ListKey {
	readonly columns: readonly string[];
	/** True where the program says that it is unique in each of its lists, and nobody has to be asked. */
	readonly isUnique: boolean;
}

/** Rows of a list, each with the values by which it has its place. */
export interface FoundRows<Row> {
	readonly rows: readonly Row[];
	readonly values: readonly (readonly SortValue[])[];
}

/** A list in an order, ready to be read from any position. */
export interface Window<Row> {
	/** The name of its rows in errors: `rows of "note"`. */
	readonly rowsName: string;
	readonly order: readonly SortColumn[];
	/** Before the first page is read. @throws TypeError where rows are known to have the same place in the order */
	assertKey(): Promise<void>;
	/** The text that cursors into the list are bound to. */
	readonly digest: string;
	/** The first rows in that order, or from a position on, at most `limit`. */
	read(
		order: readonly SortColumn[],
		position: Position | undefined,
		limit: number,
	): Promise<FoundRows<Row>>;
	/** True where a column may have a value of the position's, though no row that was read has one of its kind. */
	mayHave(index: number, value: NonNullable<SortValue>): Promise<boolean>;
	/**
	 * @param order in which the rows were read
	 * @param position from which they were read, one more than `size`
	 * @throws TypeError where the rows show that cursors into the list would not lead to the right place
	 */
	assertExact(
		found: FoundRows<Row>,
		size: number,
		order: readonly SortColumn[],
		position: Position | undefined,
	): Promise<void>;
}

/** The items read from a position on. */
export interface WindowPage<Row> extends FoundRows<Row> {
	readonly hasBefore: boolean;
	readonly hasAfter: boolean;
}
