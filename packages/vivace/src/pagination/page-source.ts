import { assertArgument } from "../errors/options.ts";

/** A `select` of Kysely (SQLite, MySQL or MariaDB), as far as a page needs it. `Row` is what it gives. */
export interface SelectQuery<Row> {
	execute(): Promise<Row[]>;
	toOperationNode(): { readonly kind: string };
	clearSelect(): unknown;
}

/** A source of pages: a list in memory, or a query of Kysely. */
export type PageSource<Row> = readonly Row[] | SelectQuery<Row>;

/** The requested part of a list, for a data source of your own. */
export interface ListPart {
	/** How many rows to skip. */
	readonly offset: number;
	/** The most rows to return; fewer mean that the list ends. */
	readonly limit: number;
}

/** Any other data source for page numbers and offsets: returns the rows of a part of a list, in an order that is the same at each call. */
export type OffsetSource<Row> = (
	part: ListPart,
) => readonly Row[] | PromiseLike<readonly Row[]>;

/** A source of pages that skip items. */
export type AnyOffsetSource<Row> = PageSource<Row> | OffsetSource<Row>;

/** True when a source is a list in memory. */
export function isList<Row>(
	source: AnyOffsetSource<Row>,
): source is readonly Row[] {
	return Array.isArray(source);
}

/**
 * Refuses what is no source, and parameters that no request could have given.
 *
 * @param functionForm how a source that is a function is written
 * @param least the numbers among the parameters, each with the smallest that it may be
 * @returns the parameters
 * @throws SetupError `VIV_OPTION`
 */
export function checkedParams<Params>(
	source: unknown,
	params: Params,
	least: Readonly<Record<string, number>>,
	functionForm: string,
): Params {
	assertArgument("paginate()", "source", source, (value) =>
		Array.isArray(value) ||
		typeof Object(value).toOperationNode === "function" ||
		typeof value === "function"
			? undefined
			: `a list, a function ${functionForm} => rows, or a select of Kysely that was not run`,
	);
	assertArgument("paginate()", "params", params, (value) =>
		Object.entries(least).every(([name, smallest]) => {
			const given: unknown = Object(value)[name];
			return Number.isInteger(given) && Number(given) >= smallest;
		})
			? undefined
			: `the parameters of a page, { ${Object.keys(least).join(", ")} }, as a record with the pages' params gets them`,
	);
	return params;
}
