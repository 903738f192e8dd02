import { assertArgument } from "../errors/options.ts";

/** A `select` of Kysely (SQLite, MySQL or MariaDB), as far as a page needs it. `Row` is what it gives. */
export interface SelectQuery<Row> {
	execute(): Promise<Row[]>;
	toOperationNode(): { readonly kind: string };
	clearSelect(): unknown;
}

/** A source of pages: a list in memory, or a query of Kysely. */
export type PageSource<Row> = readonly Row[] | SelectQuery<Row>;

/** True when a source is a list in memory. */
export function isList<Row>(source: PageSource<Row>): source is readonly Row[] {
	return Array.isArray(source);
}

/**
 * Refuses what is no source, and parameters that no request could have given.
 *
 * @param least the numbers among the parameters, each with the smallest that it may be
 * @returns the parameters
 * @throws SetupError `VIV_OPTION`
 */
export function checkedParams<Params>(
	source: unknown,
	params: Params,
	least: Readonly<Record<string, number>>,
): Params {
	assertArgument("paginate()", "source", source, (value) =>
		Array.isArray(value) || typeof Object(value).toOperationNode === "function"
			? undefined
			: "a list, or a select of Kysely that was not run",
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
