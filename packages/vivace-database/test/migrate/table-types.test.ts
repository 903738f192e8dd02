import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sql } from "kysely";
import { openDatabase, tableTypes } from "../../src/index.ts";
import { engines } from "../engines.ts";

const schemas = {
	sqlite: [
		"create table item (id integer primary key autoincrement, name varchar(10) not null, at timestamp default current_timestamp, b blob, f real not null)",
		"create view named as select id, name from item",
	],
	mysql: [
		"create table item (id int auto_increment primary key, name varchar(10) not null, role enum('a', 'it''s') not null, big bigint, at datetime, b blob, n decimal(9, 2) not null, j json)",
	],
	postgres: [
		"create type role as enum ('a', 'it''s')",
		"create domain score as integer check (value > 0)",
		"create schema side",
		`create table item (id serial primary key, "two words" text not null, role role not null, roles role[] not null, big int8, at timestamptz not null default now(),
			tags text[], doc jsonb, n numeric not null, score score not null, b bytea)`,
		"create table side.item (id int)",
		"create view named as select id from item",
	],
} as const;

const expected = {
	sqlite: {
		id: "Generated<number>",
		name: "string",
		at: "Date | null",
		b: "Uint8Array | null",
		f: "number",
	},
	mysql: {
		id: "Generated<number>",
		name: "string",
		role: '"a" | "it\'s"',
		big: "number | bigint | null",
		at: "Date | null",
		b: "Buffer | null",
		n: "string",
	},
	postgres: {
		id: "Generated<number>",
		'"two words"': "string",
		role: '"a" | "it\'s"',
		roles: '("a" | "it\'s")[]',
		big: "number | bigint | null",
		at: "Generated<Date>",
		tags: "string[] | null",
		doc: "unknown | null",
		n: "string",
		score: "number",
		b: "Buffer | null",
	},
} as const;

for (const { name, engine, missing, start } of engines) {
	suite(`the types of tables on ${name}`, { skip: missing ?? false }, () => {
		test("are those that values have in rows", async () => {
			await using server = await start();
			await using database = await openDatabase<object>(server.options);
			for (const statement of schemas[engine]) {
				await sql.raw(statement).execute(database.db);
			}
			const text = await tableTypes(database);
			const [, body = ""] =
				/export interface ItemTable \{\n([^}]*)\}/.exec(text) ?? [];
			for (const [column, type] of Object.entries(expected[engine])) {
				assert.ok(
					body.includes(`\t${column}: ${type};`),
					`${column}: ${type}\n${text}`,
				);
			}
			assert.match(text, /^\titem: ItemTable;$/m);
			assert.match(text, /^import type \{ Generated \} from "kysely";$/m);
			if (engine === "postgres") {
				assert.match(text, /^\t"side\.item": SideItemTable;$/m);
			}
			if (engine !== "mysql") {
				assert.match(text, /export interface NamedTable \{\n\tid: /);
			}
		});
	});
}
