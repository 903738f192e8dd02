/** Numbers from 0 (with) to 1 (without), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A type of a column, and its values as they are written in SQL: few, so that many rows have the same. */
export interface ColumnType {
	readonly type: string;
	readonly values: readonly string[];
}

/** The columns of the tables, by engine. */
export const columnTypes: Readonly<
	Record<"sqlite" | "mysql" | "postgres", readonly ColumnType[]>
> = {
	sqlite: [
		{ type: "integer", values: ["-1", "0", "3", "9007199254740993"] },
		{ type: "text", values: ["''", "'a'", "'A'", "'b '", "'😀'"] },
		{ type: "text collate nocase", values: ["'a'", "'A'", "'b'", "'B'"] },
		{ type: "real", values: ["0.1", "1", "-2.5e10", "0.30000000000000004"] },
		{ type: "boolean", values: ["0", "1"] },
		{
			type: "timestamp",
			values: [
				"'2026-01-01 00:00:00'",
				"'2026-01-01 00:00:00.123'",
				"'2026-01-01 00:00:00.1234'",
				"'0050-01-01 00:00:00'",
				"'2026-01-01T00:00:00Z'",
			],
		},
		{ type: "date", values: ["'2026-01-01'", "'2026-01-02'", "'0001-01-01'"] },
	],
	mysql: [
		{ type: "int", values: ["-1", "0", "3"] },
		{
			type: "bigint unsigned",
			values: ["0", "9007199254740993", "18446744073709551615"],
		},
		{ type: "varchar(20)", values: ["''", "'a'", "'A'", "'b '", "'ä'"] },
		{
			type: "varchar(20) collate utf8mb4_bin",
			values: ["'a'", "'A'", "'b'", "'😀'"],
		},
		{ type: "double", values: ["0.1", "1", "-2.5e10", "0.30000000000000004"] },
		{
			type: "decimal(30,10)",
			values: [
				"0.1",
				"12345678901234567.1234567890",
				"12345678901234567.1234567891",
			],
		},
		{
			type: "datetime",
			values: ["'2026-01-01 00:00:00'", "'0050-06-01 00:00:01'"],
		},
		{
			type: "datetime(3)",
			values: ["'2026-01-01 00:00:00.001'", "'2026-01-01 00:00:00.002'"],
		},
		{
			type: "datetime(6)",
			values: [
				"'2026-01-01 00:00:00.000001'",
				"'2026-01-01 00:00:00.000002'",
				"'2026-01-01 00:00:00.5'",
				"'2026-01-01 00:00:00'",
			],
		},
		{ type: "date", values: ["'2026-01-01'", "'0099-12-31'"] },
		{ type: "time(3)", values: ["'-01:00:00.5'", "'10:00:00'", "'200:00:00'"] },
		{ type: "year", values: ["1999", "2026"] },
		{ type: "boolean", values: ["0", "1"] },
	],
	postgres: [
		{ type: "integer", values: ["-1", "0", "3"] },
		{ type: "bigint", values: ["0", "9007199254740993"] },
		{ type: "text", values: ["''", "'a'", "'A'", "'b '", "'ä'"] },
		{ type: "numeric", values: ["0.1", "12345678901234567.1234567891"] },
		{ type: "double precision", values: ["0.1", "0.30000000000000004"] },
		{ type: "boolean", values: ["false", "true"] },
		{
			type: "timestamptz(3)",
			values: ["'2026-01-01 00:00:00.001Z'", "'2026-01-01 00:00:00.002Z'"],
		},
		{ type: "uuid", values: [`'${"a0".repeat(16)}'`, `'${"b0".repeat(16)}'`] },
	],
};

/** One table, and the order in which it is read. */
export interface RandomTable {
	readonly create: string;
	readonly rows: readonly string[];
	readonly keys: readonly [string, ...string[]];
	readonly order: readonly (readonly [string, "asc" | "desc"])[];
	readonly size: number;
}

/**
 * Some columns of any type, half of them with null; a key of one or two columns; an order of up to three of them, which may have a part of the
 * key within.
 */
export function randomTable(
	seed: number,
	types: readonly ColumnType[],
): RandomTable {
	const random = randomFrom(seed);
	const below = (count: number) => Math.floor(random() * count);
	const pick = <Value>(values: readonly Value[]): Value =>
		values[below(values.length)] as Value;
	const columns = Array.from({ length: 3 }, (_, index) => ({
		name: `c${index}`,
		...pick(types),
		hasNull: random() < 0.5,
	}));
	const isComposite = random() < 0.5;
	const rows = Array.from({ length: 12 + below(25) }, (_, index) => {
		const values = columns.map(({ values, hasNull }) =>
			hasNull && random() < 0.3 ? "null" : pick(values),
		);
		const key = isComposite ? [Math.floor(index / 4), index % 4] : [index, 0];
		return `(${[...key, ...values].join(", ")})`;
	});
	const names = [...columns.map(({ name }) => name), "k0"];
	const order = names
		.filter(() => random() < 0.5)
		.sort(() => random() - 0.5)
		.slice(0, 3)
		.map((name) => [name, pick(["asc", "desc"] as const)] as const);
	const definitions = columns.map(
		({ name, type, hasNull }) =>
			`${name} ${type}${hasNull ? " null" : " not null"}`,
	);
	return {
		create: `create table listed (k0 int not null, k1 int not null, ${definitions.join(", ")}, primary key (${isComposite ? "k0, k1" : "k0"}))`,
		rows: rows.sort(() => random() - 0.5),
		keys: isComposite ? ["k0", "k1"] : ["k0"],
		order,
		size: 1 + below(7),
	};
}

/** A table whose key is not always one. */
export interface LooseTable extends RandomTable {
	/** Statements after its rows are in: its indexes. */
	readonly indexes: readonly string[];
}

/**
 * A table read by a key of one or two of its columns, which may have doubles and null: with a primary key or without, with a unique index over
 * other columns, over ones that are null in many rows, over some of the rows, over an expression. `n` counts the rows.
 */
export function looseTable(
	seed: number,
	types: readonly ColumnType[],
	engine: "sqlite" | "mysql" | "postgres",
): LooseTable {
	const random = randomFrom(seed + 1000);
	const below = (count: number) => Math.floor(random() * count);
	const pick = <Value>(values: readonly Value[]): Value =>
		values[below(values.length)] as Value;
	const { type, values } = pick(types);
	const count = 12 + below(20);
	const primary = pick([
		"",
		"id int not null",
		"id integer primary key",
		"id varchar(20) primary key",
		"id int not null, primary key (n, id)",
	]);
	const rows = Array.from({ length: count }, (_, index) => {
		const doubled = Math.floor(index / 2);
		const spare = index % 3 === 0 ? "null" : index;
		const row = [index, doubled, spare, pick(values)];
		return `(${[...row, ...(primary === "" ? [] : [`'${index + 10}'`])].join(", ")})`;
	});
	const partial =
		engine === "mysql"
			? []
			: ["create unique index u on listed (k) where n % 2 = 0"];
	const expression =
		engine === "mysql"
			? []
			: ["create unique index u on listed ((k * 100 + n))"];
	return {
		create: `create table listed (n int not null, k int not null, s int, c ${type}${primary && `, ${primary}`})`,
		rows: rows.sort(() => random() - 0.5),
		keys: pick([["k"], ["c"], ["s"], ["k", "c"], ["n"]] as const),
		order: pick([
			[],
			[["c", "desc"]],
			[["s", "asc"]],
			[
				["c", "asc"],
				["n", "desc"],
			],
		] as const),
		size: 1 + below(5),
		indexes: pick([
			[],
			["create unique index u on listed (n)"],
			["create unique index u on listed (s)"],
			["create unique index u on listed (k, n)"],
			partial,
			expression,
		]),
	};
}
