import type { RawNode, SelectQueryNode } from "kysely";
import { type AnySelect, aliased } from "./select-query.ts";

/** Columns whose values no two rows of a table share. */
export interface UniqueKey {
	readonly columns: readonly KeyColumn[];
	readonly isPrimary: boolean;
}

/** A column of a {@link UniqueKey}. */
export interface KeyColumn {
	readonly name: string;
	/** How many rows may have null there: beside one row, all the rest of the key tells them apart. */
	readonly nulls: "none" | "one" | "many";
}

/** A table as a query names it. */
export interface TableName {
	readonly schema?: string;
	readonly name: string;
}

/** The unique keys of a table: none of a view, and none where its database does not tell. */
export type KeysOfTable = (table: TableName) => Promise<readonly UniqueKey[]>;

/** The database that a query goes to, as far as it is known. */
export interface AskedDatabase {
	/**
	 * `mysql` where names are in backticks: MySQL and MariaDB, which compare dates and texts in ways of their own. `sqlite` where values are `?`:
	 * its columns take any value. `postgres` otherwise.
	 */
	readonly engine: "sqlite" | "mysql" | "postgres";
	/** Of our own databases: an object that is another one when their schema has changed. */
	readonly schema: object | undefined;
}

/** Under this key a statement that our own compilers made has an object that is another one when the schema has changed. */
export const schemaVersion: unique symbol = Symbol.for(
	"vivace.schemaVersion",
) as never;

interface Cached {
	readonly keys: Map<string, Promise<readonly UniqueKey[]>>;
}

const cache = new WeakMap<object, Cached>();

/**
 * Asks a database for a table's primary key and its unique indexes, those with a condition or an expression left out. It is asked once for as
 * long as its schema is the same; a database whose schema nobody watches, that of a dialect of the program's own, at each first page.
 *
 * @param owner what the answers are kept for where the schema is not watched
 * @param isFirst true where the first page is read
 */
export function uniqueKeys(
	query: AnySelect,
	{ engine, schema }: AskedDatabase,
	owner: object,
	isFirst: boolean,
): KeysOfTable {
	const holder = schema ?? owner;
	const kept = cache.get(holder) ?? { keys: new Map() };
	cache.set(holder, kept);
	const asked = new Set<string>();
	return (table) => {
		const name = JSON.stringify([engine, table.schema, table.name]);
		const isStale = schema === undefined && isFirst && !asked.has(name);
		const found = isStale ? undefined : kept.keys.get(name);
		if (found !== undefined) {
			return found;
		}
		asked.add(name);
		const answer = ask(query, questions[engine](table)).catch((error) => {
			kept.keys.delete(name);
			if (schema !== undefined) {
				throw error;
			}
			return []; // a dialect that only resembles one of these
		});
		kept.keys.set(name, answer);
		return answer;
	};
}

interface IndexColumn {
	readonly idx: string;
	/** Null for an expression. */
	readonly col: string | null;
	readonly isnullable: unknown;
	readonly isprimary: unknown;
}

/** By the query's own executor, that of its transaction: a plugin puts the question in its place. */
async function ask(
	query: AnySelect,
	node: RawNode,
): Promise<readonly UniqueKey[]> {
	const rows = (await query
		.clearSelect()
		.withPlugin({
			transformQuery: () => asked(node),
			transformResult: async ({ result }) => result,
		})
		.execute()) as IndexColumn[];
	const keys = new Map<string, IndexColumn[]>();
	for (const row of rows) {
		keys.set(row.idx, [...(keys.get(row.idx) ?? []), row]);
	}
	return [...keys.values()]
		.filter((columns) => columns.every(({ col }) => col !== null))
		.map(
			(columns): UniqueKey => ({
				columns: columns.map(({ col, isnullable }) => ({
					name: col as string,
					nulls: Number(isnullable) ? "many" : "none",
				})),
				isPrimary: Boolean(Number(columns[0]?.isprimary)),
			}),
		)
		.sort((left, right) => Number(right.isPrimary) - Number(left.isPrimary));
}

const questions = { sqlite: askSqlite, mysql: askMysql, postgres: askPostgres };

/**
 * A primary key of SQLite may be null, but in a table without rowid and where it is the rowid itself, `integer primary key`: that one has no
 * index. An index with a collation of its own may tell texts apart which its column takes for one: it is left out.
 */
function askSqlite({ name, schema }: TableName): RawNode {
	return question`(
		select l.name as idx, i.name as col, coalesce(not c."notnull", 1) as isnullable, l.origin = 'pk' as isprimary
		from pragma_index_list(${name}, ${schema ?? null}) as l, pragma_index_info(l.name, ${schema ?? null}) as i
		left join pragma_table_info(${name}, ${schema ?? null}) as c on c.name = i.name
		where l."unique" and not l.partial
			and not exists (select 1 from sqlite_master as m where m.type = 'index' and m.name = l.name and m.sql like '%collate%')
		union all
		select '', name, 0, 1 from pragma_table_info(${name}, ${schema ?? null})
		where pk = 1 and not exists (select 1 from pragma_index_list(${name}, ${schema ?? null}) where origin = 'pk'))`;
}

/** An index over an expression has no name of a column there. */
function askMysql({ name, schema }: TableName): RawNode {
	return question`(
		select index_name as idx, column_name as col, nullable = 'YES' as isnullable, index_name = 'PRIMARY' as isprimary
		from information_schema.statistics
		where table_schema = coalesce(${schema ?? null}, database()) and table_name = ${name} and non_unique = 0)`;
}

/** A table that others inherit from gives their rows too, which its index knows nothing of; partitions are a part of it. */
function askPostgres({ name, schema }: TableName): RawNode {
	const quoted = [schema ?? [], name]
		.flat()
		.map((part) => `"${part.replaceAll('"', '""')}"`)
		.join(".");
	return question`(
		select i.indexrelid as idx, a.attname as col, not a.attnotnull as isnullable, i.indisprimary as isprimary
		from pg_index i
		join pg_class c on c.oid = i.indrelid
		cross join lateral generate_series(0, i.indnkeyatts - 1) as k
		left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k] and a.attnum > 0
		where i.indrelid = to_regclass(${quoted}) and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null
			and not (c.relkind = 'r' and c.relhassubclass))`;
}

/** The question as a select of the builder's, which a plugin may not make anything else of. */
function asked(question: RawNode): SelectQueryNode {
	return {
		kind: "SelectQueryNode",
		from: { kind: "FromNode", froms: [aliased(question, "asked")] },
		selections: [
			{ kind: "SelectionNode", selection: { kind: "SelectAllNode" } },
		],
	};
}

/** A statement in parentheses with bound values, as Kysely's own `sql` makes it, which can't be imported: Kysely is its user's. */
function question(
	fragments: TemplateStringsArray,
	...values: readonly (string | null)[]
): RawNode {
	return {
		kind: "RawNode",
		sqlFragments: fragments.map((text) => text.replace(/\s+/g, " ")),
		parameters: values.map((value) => ({ kind: "ValueNode", value }) as const),
	};
}
