import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MariaDb } from "../support/mariadb.ts";
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

suite("vivace db on MariaDB", { skip: MariaDb.missing ?? false }, () => {
	test("lets an app start that refused to", async () => {
		await using server = await MariaDb.start();
		const { user, password, host, port, database } = server.account;
		const url = `mysql://${user}:${password}@${host}:${port}/${database}`;
		await using project = await Project.make({ "app.ts": program(url) });
		const before = await runVivace(project.folder, "lifespan");
		assert.equal(before.exitCode, 1);
		assert.match(before.stderr, /VIV_MIGRATION.*"001_a", "002_b" have not/);
		const migrated = await runVivace(project.folder, "db", "migrate");
		assert.equal(migrated.exitCode, 0, migrated.stderr);
		const after = await runVivace(project.folder, "lifespan");
		assert.equal(after.exitCode, 0, after.stderr);
	});
});
