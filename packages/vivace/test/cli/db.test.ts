import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { MariaDb } from "../support/mariadb.ts";
import { Postgres } from "../support/postgres.ts";
import { runVivace } from "./command.ts";
import { Project } from "./project.ts";

const table = (name: string) => `{
	up: (db) => db.schema.createTable("${name}").addColumn("id", "integer").execute(),
	down: (db) => db.schema.dropTable("${name}").execute(),
}`;

const program = (url: string, options = "") => `
	import { App } from "vivace";
	import { database } from "vivace/database";
	const migrations = { "001_a": ${table("a")}, "002_b": ${table("b")} };
	const notes = database(${JSON.stringify(url)}, { name: "notes", migrations ${options} });
	export const app = new App();
	app.get("/", { notes }, () => "hello");
	console.log("the program's own output");
`;

test("vivace db runs, lists and takes back migrations without starting the app", async () => {
	await using project = await Project.make({
		"app.ts": program("sqlite:notes.db"),
	});
	const db = async (action: string) => {
		const result = await runVivace(project.folder, "db", action);
		assert.equal(result.exitCode, 0, result.stderr);
		return result.stdout.trim();
	};
	const pending = "notes  001_a  pending\nnotes  002_b  pending";
	assert.equal(await db("status"), pending);
	assert.equal(await db("rollback"), "notes: nothing to roll back");
	assert.equal(
		await db("migrate"),
		"notes: migrated 001_a\nnotes: migrated 002_b",
	);
	assert.equal(await db("migrate"), "notes: nothing to migrate");
	assert.match(
		await db("status"),
		/^notes {2}001_a {2}\d{4}-.*\nnotes {2}002_b {2}\d{4}-/,
	);
	assert.equal(await db("rollback"), "notes: rolled back 002_b");
	assert.match(await db("status"), /002_b {2}pending$/);
	assert.equal(await db("rollback"), "notes: rolled back 001_a");
	assert.equal(await db("status"), pending);
});

test("vivace db status and check tell a migration that has run and is missing", async () => {
	await using project = await Project.make({
		"app.ts": program("sqlite:notes.db"),
	});
	const migrated = await runVivace(project.folder, "db", "migrate");
	assert.equal(migrated.exitCode, 0, migrated.stderr);
	const renamed = program("sqlite:notes.db").replace('"001_a"', '"000_a"');
	await project.write("app.ts", renamed);
	const status = await runVivace(project.folder, "db", "status");
	assert.equal(status.exitCode, 1);
	assert.match(
		status.stdout,
		/^notes {2}000_a {2}pending\nnotes {2}001_a {2}has run, is missing from the program\nnotes {2}002_b {2}\d{4}-/,
	);
	const check = await runVivace(project.folder, "check");
	assert.equal(check.exitCode, 1);
	assert.match(
		check.stdout,
		/✖ migrations\n {2}error: notes: 001_a has run and can't be found in the program; vivace db migrate refuses until it is there again\n.*000_a is pending/,
	);
	const start = await runVivace(project.folder, "lifespan");
	assert.equal(start.exitCode, 1);
	assert.match(start.stderr, /corrupted migrations: .*001_a/);
	assert.doesNotMatch(start.stderr, /retry/);
});

test("vivace db says in a line what keeps it from its work", async () => {
	await using project = await Project.make({
		"app.ts":
			'import { App } from "vivace"; export const app = new App(); app.get("/", () => 1);',
		"away.ts": program("mysql://app:pw@127.0.0.1:9/notes?acquireTimeoutMs=50"),
		"failing.ts": program("sqlite:notes.db").replace(
			'createTable("b")',
			'createTable("a")',
		),
	});
	for (const [file, message] of [
		["app.ts", /the app has no database with migrations/],
		["away.ts", /127\.0\.0\.1:9/],
		["failing.ts", /migration "002_b" failed: table "a" already exists/],
	] as const) {
		const result = await runVivace(project.folder, "db", "migrate", file);
		assert.equal(result.exitCode, 1);
		assert.match(result.stderr, message);
	}
});

const servers = [
	{ name: "MariaDB", scheme: "mysql", server: MariaDb },
	{ name: "PostgreSQL", scheme: "postgres", server: Postgres },
] as const;

for (const { name, scheme, server: kind } of servers) {
	suite(`vivace db on ${name}`, { skip: kind.missing ?? false }, () => {
		test("lets an app start that refused to, and takes back what it did", async () => {
			await using server = await kind.start();
			const url = urlOf(scheme, server.account);
			await using project = await Project.make({ "app.ts": program(url) });
			const vivace = async (...words: string[]) => {
				const result = await runVivace(project.folder, ...words);
				assert.equal(result.exitCode, 0, result.stderr);
				return result.stdout;
			};
			const before = await runVivace(project.folder, "lifespan");
			assert.equal(before.exitCode, 1);
			assert.match(before.stderr, /VIV_MIGRATION.*"001_a", "002_b" have not/);
			await vivace("db", "migrate");
			assert.match(await vivace("db", "status"), /002_b {2}\d{4}-/);
			await vivace("lifespan");
			assert.match(await vivace("db", "rollback"), /rolled back 002_b/);
			assert.match(await vivace("db", "status"), /002_b {2}pending/);
		});
	});
}

test("vivace db new writes migrations in order and the list of them, which runs", async () => {
	await using project = await Project.make({
		"app.ts": `
			import { App } from "vivace";
			import { database } from "vivace/database";
			import { migrations } from "./migrations/index.ts";
			const notes = database("sqlite:notes.db", { name: "notes", migrations });
			export const app = new App();
			app.get("/", { notes }, () => "hello");
		`,
	});
	const first = await runVivace(project.folder, "db", "new", "Make the notes!");
	assert.equal(first.exitCode, 0, first.stderr);
	assert.match(
		first.stdout,
		/wrote migrations\/\d{14}_make_the_notes\.ts, and migrations\/index\.ts/,
	);
	const [file = ""] = readdirSync(join(project.folder, "migrations")).sort();
	writeFileSync(
		join(project.folder, "migrations", file),
		'export const up = (db: any) => db.schema.createTable("note").addColumn("id", "integer").execute();',
	);
	const migrated = await runVivace(project.folder, "db", "migrate");
	assert.equal(migrated.exitCode, 0, migrated.stderr);
	assert.match(migrated.stdout, /notes: migrated \d{14}_make_the_notes/);
	const nameless = await runVivace(project.folder, "db", "new", "!!!");
	assert.equal(nameless.exitCode, 1);
	assert.match(nameless.stderr, /needs a name of letters and digits/);
});

test("vivace db types writes the tables of a live database", async () => {
	await using project = await Project.make({
		"app.ts": program("sqlite:notes.db"),
		"none.ts":
			'import { App } from "vivace"; export const app = new App(); app.get("/", () => 1);',
	});
	await runVivace(project.folder, "db", "migrate");
	const printed = await runVivace(project.folder, "db", "types");
	assert.equal(printed.exitCode, 0, printed.stderr);
	assert.match(
		printed.stdout,
		/export interface ATable \{\n\tid: number \| null;\n\}/,
	);
	assert.match(
		printed.stdout,
		/export interface Tables \{\n\ta: ATable;\n\tb: BTable;\n\}/,
	);
	const out = ["--out", "generated/tables.ts"];
	const written = await runVivace(project.folder, "db", "types", ...out);
	assert.match(written.stdout, /notes: wrote generated\/tables\.ts/);
	assert.equal(
		readFileSync(join(project.folder, "generated/tables.ts"), "utf8").trimEnd(),
		printed.stdout.slice(printed.stdout.indexOf("// Written")).trimEnd(),
	);
	for (const [words, message] of [
		[["none.ts"], /the app has no database/],
		[["--database", "other"], /the app has the databases "notes": say which/],
	] as const) {
		const refused = await runVivace(project.folder, "db", "types", ...words);
		assert.equal(refused.exitCode, 1);
		assert.match(refused.stderr, message);
	}
});

function urlOf(
	scheme: string,
	{ user, password, host, port, database }: MariaDb["account"],
): string {
	return `${scheme}://${user}:${password}@${host}:${port}/${database}`;
}
