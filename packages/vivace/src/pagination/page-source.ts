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
