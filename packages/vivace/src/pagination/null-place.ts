import type { KyselyPlugin } from "kysely";
import { askingNotes } from "./exact-values.ts";
import type { AnySelect } from "./select-query.ts";
import {
	lowestNulls,
	type NullPlace,
	type SortColumn,
	type SortDirection,
} from "./sort-order.ts";
import { type AskedDatabase, schemaVersion } from "./unique-keys.ts";

/** A query as its database gets it, without its columns. */
export interface CompiledList extends AskedDatabase {
	readonly sql: string;
	readonly parameters: readonly unknown[];
	/** The place of null in a direction, and whether the order has to say it. */
	nullsOf(direction: SortDirection): Pick<SortColumn, "nulls" | "saysNulls">;
}

/**
 * The dialect that the end of a query's SQL shows: how a name is quoted and a value bound.
 *
 * MySQL and SQL Server take null for less than any value, and can't be told otherwise. Others are told what the page takes for granted:
 * where values are `?` (SQLite) the same, where they are `$1` that null is more than any value, as in PostgreSQL and Oracle. So an engine that
 * does it in another way by itself (CockroachDB, DuckDB) gives the same pages, and one that does it so already still uses its index.
 *
 * @param reference a column of the query
 * @throws TypeError for SQL Server, which has no `limit`
 */
export function compileList(
	unordered: AnySelect,
	reference: string,
): CompiledList {
	const probe = unordered
		.clearSelect()
		.orderBy(reference)
		.limit(1)
		.withPlugin(asking);
	const compiled = probe.compile();
	const { sql, parameters } = compiled;
	const [, quote, mark] = /([`"\]])\s+limit\s+([?$:@])\d*\s*$/i.exec(sql) ?? [];
	if (mark === "@") {
		throw new TypeError(
			"SQL Server has no limit: its lists can't be read by cursors.",
		);
	}
	const isMysql = quote === "`";
	const saysNulls = !isMysql;
	const isLowest = isMysql || mark === "?";
	return {
		sql,
		parameters,
		engine: isMysql ? "mysql" : mark === "?" ? "sqlite" : "postgres",
		schema: (compiled as { readonly [schemaVersion]?: object })[schemaVersion],
		nullsOf: (direction) => ({
			saysNulls,
			nulls: isLowest === (direction === "asc") ? "first" : "last",
		}),
	};
}

const asking: KyselyPlugin = {
	transformQuery: ({ node }) => askingNotes(node),
	transformResult: async ({ result }) => result,
};

/** The query in an order. */
export function inOrder(
	query: AnySelect,
	order: readonly SortColumn[],
): AnySelect {
	let ordered = query;
	for (const { reference, direction, nulls, saysNulls } of order) {
		ordered = ordered.orderBy(reference, (item) => {
			const directed = direction === "asc" ? item.asc() : item.desc();
			if (!saysNulls) {
				return directed;
			}
			return nulls === "first" ? directed.nullsFirst() : directed.nullsLast();
		});
	}
	return ordered;
}

/** The place of null in a list in memory, where the order does not say it. */
export function nullsInMemory(
	direction: SortDirection,
	nulls?: `nulls ${NullPlace}`,
): Pick<SortColumn, "nulls"> {
	return {
		nulls:
			nulls === undefined
				? lowestNulls(direction)
				: nulls === "nulls first"
					? "first"
					: "last",
	};
}
