import {
	type ColumnMetadata,
	type Kysely,
	sql,
	type TableMetadata,
} from "kysely";
import { assertArgument } from "../errors/options.ts";
import type { Database } from "../open/database.ts";
import { openedDatabase } from "./migrate.ts";

/** Facts about a database's types that its list of columns does not have. */
interface TypeFacts {
	/** The schema whose tables are named without it. */
	readonly schema: string | undefined;
	/** The members of an enum, by its name, on MySQL by `table.column`. */
	readonly enums: ReadonlyMap<string, readonly string[]>;
	/** The type below a domain, by its name. */
	readonly domains: ReadonlyMap<string, string>;
}

/**
 * The tables of a database as TypeScript: an interface for each, and `Tables` of them all, with the types that values have in rows. Views are
 * among them, Kysely's own tables of migrations are not.
 *
 * @returns the text of a module
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { openDatabase, tableTypes } from "vivace-database";
 *
 * await using database = await openDatabase<object>({ url: "postgres://app:secret@127.0.0.1/shop" });
 * await writeFile("tables.ts", await tableTypes(database));
 * ```
 */
export async function tableTypes<Tables>(
	database: Database<Tables>,
): Promise<string> {
	assertArgument("tableTypes()", "database", database, openedDatabase);
	const facts = await factsOf(database);
	const found = await database.db.introspection.getTables();
	const tables = found
		.filter(
			({ schema }) => database.engine === "postgres" || isOwn(schema, facts),
		)
		.map((table) => ({ table, name: keyOf(table, facts) }))
		.toSorted((a, b) => (a.name < b.name ? -1 : 1));
	const bodies = tables.map(({ table, name }) => {
		const fields = table.columns.map(
			(column) =>
				`\t${propertyOf(column.name)}: ${typeOf(table, column, database.engine, facts)};`,
		);
		return `export interface ${interfaceOf(name)} {\n${fields.join("\n")}\n}\n`;
	});
	const list = tables.map(
		({ name }) => `\t${propertyOf(name)}: ${interfaceOf(name)};`,
	);
	const text = [
		...bodies,
		`export interface Tables {\n${list.join("\n")}\n}\n`,
	].join("\n");
	const generated = /\bGenerated</.test(text)
		? 'import type { Generated } from "kysely";\n\n'
		: "";
	return `// Written by \`vivace db types\` from a live database: a change here is lost when it is written again.\n${generated}${text}`;
}

function isOwn(schema: string | undefined, facts: TypeFacts): boolean {
	return schema === undefined || schema === facts.schema;
}

/** As Kysely names a table: with its schema where that has to be said. */
function keyOf({ schema, name }: TableMetadata, facts: TypeFacts): string {
	return isOwn(schema, facts) ? name : `${schema}.${name}`;
}

function propertyOf(name: string): string {
	return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** `order_item` → `OrderItem`. */
function interfaceOf(name: string): string {
	const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
	const joined = words
		.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
		.join("");
	return /^[A-Za-z]/.test(joined) ? `${joined}Table` : `Table${joined}`;
}

function typeOf(
	{ name: table, isView }: TableMetadata,
	column: ColumnMetadata,
	engine: Database<unknown>["engine"],
	facts: TypeFacts,
): string {
	const type = column.dataType.toLowerCase();
	const own = facts.enums.get(
		engine === "mysql" ? `${table}.${column.name}` : column.dataType,
	);
	const plain =
		own === undefined
			? engine === "postgres"
				? postgresType(type, facts)
				: engine === "mysql"
					? mysqlType(type)
					: sqliteType(type)
			: own.map((member) => JSON.stringify(member)).join(" | ");
	if (column.isAutoIncrementing && !isView) {
		return `Generated<${plain}>`;
	}
	// one that may be null need not be given anyway, and MariaDB calls that a default
	if (column.isNullable && !isView) {
		return `${plain} | null`;
	}
	return column.hasDefaultValue && !isView ? `Generated<${plain}>` : plain;
}

function postgresType(type: string, facts: TypeFacts): string {
	if (type.startsWith("_")) {
		const member = type.slice(1);
		const labels = facts.enums.get(member);
		const inner = labels
			? labels.map((each) => JSON.stringify(each)).join(" | ")
			: postgresType(member, facts);
		return inner.includes(" ") ? `(${inner})[]` : `${inner}[]`;
	}
	return (
		postgresTypes[type] ??
		postgresTypes[facts.domains.get(type) ?? ""] ??
		"string"
	);
}

const postgresTypes: Readonly<Record<string, string>> = {
	int2: "number",
	int4: "number",
	oid: "number",
	int8: "number | bigint",
	float4: "number",
	float8: "number",
	bool: "boolean",
	date: "Date",
	timestamp: "Date",
	timestamptz: "Date",
	json: "unknown",
	jsonb: "unknown",
	bytea: "Buffer",
};

function mysqlType(type: string): string {
	if (/^(?:tinyint|smallint|mediumint|int|year|float|double)/.test(type)) {
		return "number";
	}
	if (/^bigint/.test(type)) {
		return "number | bigint";
	}
	if (/^(?:date|datetime|timestamp)/.test(type)) {
		return "Date";
	}
	if (/blob|binary|^bit/.test(type)) {
		return "Buffer";
	}
	return type === "json" ? "unknown" : "string";
}

/** By the rules of its affinities (https://sqlite.org/datatype3.html §3.1), and dates as our driver decodes them. */
function sqliteType(type: string): string {
	if (/^(?:timestamp|date)/.test(type)) {
		return "Date";
	}
	if (type.includes("int") || /^bool/.test(type)) {
		return "number";
	}
	if (/char|clob|text/.test(type)) {
		return "string";
	}
	if (type === "" || type.includes("blob")) {
		return "Uint8Array";
	}
	return "number";
}

async function factsOf<Tables>({
	db,
	engine,
}: Database<Tables>): Promise<TypeFacts> {
	switch (engine) {
		case "postgres":
			return postgresFacts(db);
		case "mysql":
			return mysqlFacts(db);
		default:
			return { schema: undefined, enums: new Map(), domains: new Map() };
	}
}

async function postgresFacts<Tables>(db: Kysely<Tables>): Promise<TypeFacts> {
	const { rows } = await sql<{
		schema: string;
		name: string | null;
		labels: string[];
		base: string | null;
	}>`select current_schema() as schema, t.typname as name, b.typname as base,
			array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder) as labels
		from (select 1) as one
		left join pg_type as t on t.typtype in ('e', 'd') and t.typnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
		left join pg_type as b on b.oid = t.typbasetype and t.typtype = 'd'`.execute(
		db,
	);
	const enums = new Map<string, readonly string[]>();
	const domains = new Map<string, string>();
	for (const { name, labels, base } of rows) {
		if (name !== null && base === null) {
			enums.set(name, labels);
		} else if (name !== null && base !== null) {
			domains.set(name, base);
		}
	}
	return { schema: rows[0]?.schema, enums, domains };
}

async function mysqlFacts<Tables>(db: Kysely<Tables>): Promise<TypeFacts> {
	const { rows } = await sql<{
		schema: string;
		place: string | null;
		type: string | null;
	}>`select database() as \`schema\`, concat(table_name, '.', column_name) as place, column_type as type
		from (select 1) as one
		left join information_schema.columns on table_schema = database() and data_type = 'enum'`.execute(
		db,
	);
	const enums = new Map<string, readonly string[]>();
	for (const { place, type } of rows) {
		if (place !== null) {
			const members = String(type).matchAll(/'((?:[^']|'')*)'/g);
			enums.set(
				place,
				Array.from(members, ([, member = ""]) => member.replaceAll("''", "'")),
			);
		}
	}
	return { schema: rows[0]?.schema, enums, domains: new Map() };
}
