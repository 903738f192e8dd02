import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import {
	type CursorPage,
	type CursorPart,
	cursorPageOf,
} from "../../src/pagination.ts";
import { listedEngines, type Tables } from "./listed-engines.ts";

/** Columns of types that are sorted in ways of their own, and values as they are written in SQL. */
const columns: Readonly<
	Record<
		"sqlite" | "mysql" | "postgres",
		readonly (readonly [type: string, ...values: string[]])[]
	>
> = {
	sqlite: [
		["text collate nocase", "'a'", "'A'", "'b'", "'B'", "'é'", "'É'"],
		["text collate rtrim", "'a'", "'a  '", "'b '", "'b'"],
		["blob", "x'00'", "x'ff'", "x'00ff'", "x''"],
		["", "1", "'1'", "x'31'", "1.5", "'a'"],
		["numeric", "'1.50'", "2", "'9007199254740993'", "'abc'"],
		["real", "1e308", "-1e308", "5e-324", "-0.0", "0.0", "9e999"],
		// Deno's node:sqlite rounds the least integer of 64 bits: such a list is refused there
		"Deno" in globalThis
			? ["integer", "9007199254740991", "-9007199254740991", "0"]
			: ["integer", "9223372036854775807", "-9223372036854775808", "0"],
		["json", "'{}'", "'[1]'", "'null'"],
	],
	mysql: [
		["varchar(9) collate utf8mb4_general_ci", "'ss'", "'ß'", "'s'", "'S'"],
		["varchar(9) collate utf8mb4_unicode_ci", "'e'", "'é'", "'E'", "'f'"],
		["varchar(9) collate latin1_german1_ci", "'ä'", "'a'", "'Ä'", "'z'"],
		["char(5)", "'a'", "'a   '", "'b'", "''"],
		["varbinary(9)", "x'00'", "x'ff'", "x'61'", "x'41'"],
		["binary(3)", "x'00'", "x'ff'"],
		["enum('z', 'a', 'm')", "'z'", "'a'", "'m'"],
		["set('z', 'a', 'm')", "'z'", "'a,m'", "'m'", "''"],
		["bit(8)", "b'00000001'", "b'11111111'"],
		["float", "0.1", "16777217", "1e30"],
		["decimal(65,30)", "0.1", "-0.000000000000000000000000000001", "9e30"],
		["bigint", "9223372036854775807", "-9223372036854775808", "0"],
		["json", "'{}'", "'[1]'", "'2'", "'10'"],
		["timestamp(6) null", "'2026-01-01 00:00:00.000001'", "'1970-01-02'"],
		["time(6)", "'-838:59:59'", "'00:00:00.000001'", "'-00:00:00.5'"],
		[
			"uuid",
			"uuid()",
			"'00000000-0000-0000-0000-0000000000ff'",
			"'ff000000-0000-1000-8000-000000000001'",
		],
		["inet6", "'::1'", "'2001:db8::1'", "'fe80::'"],
	],
	postgres: [
		["text collate caseless", "'a'", "'A'", "'b'", "'B'", "'é'"],
		['text collate "C"', "'a'", "'B'", "'é'", "'Z'"],
		["char(5)", "'a'", "'a   '", "'b'", "''"],
		["name", "'a'", "'B'"],
		["smallint", "-32768", "32767"],
		["real", "0.1", "16777216", "1e30", "'NaN'", "'-infinity'"],
		["double precision", "'infinity'", "'NaN'", "1e308", "5e-324", "'-0'", "0"],
		["numeric", "'NaN'", "'infinity'", "1e40", "0.00000000000000000001"],
		["mood", "'sad'", "'ok'", "'happy'"],
		["bytea", "'\\x00'", "'\\xff'", "'\\x'"],
		["jsonb", "'{}'", "'[1]'", "'2'"],
		["integer[]", "'{1}'", "'{2,1}'", "'{}'"],
		[
			"uuid",
			"gen_random_uuid()",
			`'${"00".repeat(15)}ff'`,
			`'${"ff".repeat(16)}'`,
		],
		["interval", "'1 month'", "'30 days'", "'29 days'", "'-1 hour'"],
		["time", "'00:00:00.000001'", "'24:00:00'", "'12:00'"],
		["timetz", "'00:00:00+02'", "'00:00:00-02'", "'22:00+00'"],
		["timestamp", "'2026-01-01 00:00:00.000001'", "'infinity'", "'0001-01-01'"],
		[
			"timestamptz",
			"'2026-01-01 00:00:00.000001Z'",
			"'2026-01-01 00:00:00.000002Z'",
			"'-infinity'",
			"'0044-03-15 BC'",
		],
		["date", "'infinity'", "'0001-01-01'", "'9999-12-31'", "'20260-01-01'"],
		["inet", "'10.0.0.1'", "'9.0.0.1'", "'::1'"],
		["bit(3)", "b'101'", "b'001'"],
		["money", "'1.50'", "'-2'", "'10'"],
		["int4range", "'[1,5)'", "'[2,3)'"],
		["bigint", "9223372036854775807", "-9223372036854775808"],
		["oid", "1", "4294967295"],
		["tsvector", "'a b'", "'c'"],
	],
};

/** Those that no cursor can hold, or that are compared in another way than they are sorted; all others are read whole. */
const refused: Readonly<Record<"sqlite" | "mysql" | "postgres", RegExp>> = {
	sqlite: /^(?:blob|real|)$/,
	mysql: /^(?:varbinary|binary|enum|set|bit|float|json)\b/,
	postgres: /^(?:real|double precision|bytea|jsonb|integer\[\])$/,
};
/** A driver that tells nothing of what its dates leave out. */
const datesOfOthers = /^(?:date|timestamp|timestamptz)$/;

const Item = z.object({ id: z.int() });

/** All ids there, and back. */
async function walked(
	read: (cursor: string | null) => Promise<CursorPage<{ id: number }>>,
): Promise<readonly [there: number[], back: number[]]> {
	let page = await read(null);
	const there = page.items.map(({ id }) => id);
	while (page.next_page !== null) {
		page = await read(page.next_page);
		there.push(...page.items.map(({ id }) => id));
		assert.ok(there.length < 99, "it goes round in circles");
	}
	const back = page.items.map(({ id }) => id);
	while (page.previous_page !== null) {
		page = await read(page.previous_page);
		back.unshift(...page.items.map(({ id }) => id));
		assert.ok(back.length < 99, "it goes round in circles");
	}
	return [there, back];
}

/** A part of a table, as a program reads it whose library is Kysely. */
function partOf(
	db: Kysely<Tables>,
	{ order, limit, where }: CursorPart,
	engine: string,
) {
	const condition = where<ReturnType<typeof sql<boolean>>>({
		and: (all) => sql`(${sql.join(all, sql` and `)})`,
		or: (any) => sql`(${sql.join(any, sql` or `)})`,
		compare: (column, operator, value) =>
			sql`${sql.ref(column)} ${sql.raw(operator)} ${value}`,
		isNull: (column) => sql`${sql.ref(column)} is null`,
		isNotNull: (column) => sql`${sql.ref(column)} is not null`,
	});
	const by = order.map(({ column, direction, nulls }) => {
		const ref = sql.ref(column);
		const place =
			nulls === undefined
				? sql``
				: engine === "mysql"
					? sql`${ref} is ${sql.raw(nulls === "first" ? "not null" : "null")}, `
					: sql``;
		const after =
			nulls === undefined || engine === "mysql"
				? sql``
				: sql.raw(` nulls ${nulls}`);
		return sql`${place}${ref} ${sql.raw(direction)}${after}`;
	});
	return db
		.selectFrom("odd")
		.select(["id", "c"])
		.where(condition ?? sql<boolean>`1 = 1`)
		.orderBy(sql.join(by))
		.limit(limit)
		.execute() as Promise<{ id: number; c: string | null }[]>;
}

for (const { name, dialect, missing, start } of listedEngines) {
	suite(`cursors over odd columns on ${name}`, {
		skip: missing ?? false,
	}, () => {
		let server: Awaited<ReturnType<typeof start>>;
		before(async () => {
			server = await start();
			if (dialect === "postgres") {
				const { db } = server;
				await sql`create type mood as enum ('sad', 'ok', 'happy')`.execute(db);
				await sql`create collation caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`
					.execute(db)
					.catch(() => sql`create domain caselesstext as text`.execute(db));
			}
		});
		after(() => server?.[Symbol.asyncDispose]());

		for (const [type, ...values] of columns[dialect]) {
			for (const direction of ["asc", "desc"] as const) {
				test(`${type || "no type"}, ${direction}: each row once, both ways, or refused`, async () => {
					const { db } = server;
					await sql`drop table if exists odd`.execute(db);
					await sql
						.raw(`create table odd (id int not null primary key, c ${type})`)
						.execute(db);
					const cells = [...values, "null", ...values, "null", ...values];
					const rows = cells.map((cell, index) => `(${index + 1}, ${cell})`);
					await sql
						.raw(`insert into odd (id, c) values ${rows.join(", ")}`)
						.execute(db);
					const ordered = db
						.selectFrom("odd")
						.select(["id", "c"])
						.orderBy("c", direction);
					const pages = cursorPageOf(Item, { key: "id" });
					const expected = (
						(await ordered.orderBy("id", direction).execute()) as {
							id: number;
						}[]
					).map(({ id }) => id);
					const outcomes: string[] = [];
					for (const size of [1, 4, 50]) {
						const byQuery = walked((cursor) =>
							pages.paginate(ordered as never, { cursor, size }),
						);
						outcomes.push(await outcome(byQuery, expected));
						const isLowest = dialect !== "postgres";
						const nulls =
							isLowest === (direction === "asc") ? "nulls first" : "nulls last";
						const bySource = walked((cursor) =>
							pages.paginate(
								(part) => partOf(db, part as CursorPart, dialect),
								{ cursor, size },
								{ orderBy: [["c", direction, nulls]] },
							),
						);
						outcomes.push(await outcome(bySource, expected));
					}
					const isRefused =
						refused[dialect].test(type) ||
						(name.includes("Kysely") && datesOfOthers.test(type));
					assert.deepEqual(
						outcomes.filter((each) =>
							isRefused ? each.startsWith("WRONG") : each !== "whole",
						),
						[],
					);
					assert.equal(
						outcomes.some((each) => each !== "whole"),
						isRefused,
					);
				});
			}
		}
	});
}

/** Each row once, an error that is the program's, or what is wrong. */
async function outcome(
	walk: Promise<readonly [number[], number[]]>,
	expected: readonly number[],
): Promise<string> {
	try {
		const [there, back] = await walk;
		return String(there) === String(expected) &&
			String(back) === String(expected)
			? "whole"
			: `WRONG: ${there} and ${back}, not ${expected}`;
	} catch (error) {
		const { message } = error as Error;
		return error instanceof TypeError && /can't|cursor/.test(message)
			? `refused: ${message}`
			: `WRONG: ${message}`;
	}
}
