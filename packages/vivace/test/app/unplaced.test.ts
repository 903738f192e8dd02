import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = JSON.stringify(join(import.meta.dirname, "../../src/index.ts"));
let folder: string;

/** The programs lie beside this test, where the package's imports are found. */
before(async () => {
	folder = await mkdtemp(join(import.meta.dirname, "unplaced-"));
});
after(() => rm(folder, { recursive: true }));

/** The warnings of a program that serves an app and stops. */
async function warningsOf(program: string, end = ""): Promise<string[]> {
	const file = join(folder, "main.ts");
	await writeFile(
		file,
		`import { App, dependency, OutgoingRouter, Router, serve } from ${source};
const warn = (line) => console.log("warning: " + line);
const options = { port: 0, log: { info() {}, error: console.error, warn } };
const app = new App();
${program}
const server = await serve(app, options);
${end}
await server.close();
process.exit();`,
	);
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const { stdout } = await run(process.execPath, [file], { cwd: folder, env });
	return stdout.split("\n").filter((line) => line.startsWith("warning: "));
}

suite("routes that nothing serves", () => {
	test("are told at the start where their router is included nowhere", async () => {
		assert.deepEqual(
			await warningsOf(`const users = new Router({ prefix: "/users" });
users.get("/me", () => 1);
users.websocket("/news", async () => {});
const shelf = new Router();
shelf.get("/books", () => 1);
const outer = new Router();
outer.include(shelf);`),
			[
				"warning: main.ts:5: a Router with GET /users/me and 1 more is included nowhere, so that no request reaches it; write app.include(router)",
				"warning: main.ts:10: a Router with what it includes is included nowhere, so that no request reaches it; write app.include(router)",
			],
		);
	});

	test("are not told of what is included, mounted or empty", async () => {
		assert.deepEqual(
			await warningsOf(`const users = new Router();
const outer = new Router();
users.get("/me", () => 1);
outer.include(users);
app.include(outer);
new Router();
const admin = new App();
admin.get("/", () => 1);
outer.mount("/admin", admin);`),
			[],
		);
	});

	test("are told of callbacks and webhooks that are used nowhere", async () => {
		assert.deepEqual(
			await warningsOf(`const lost = new OutgoingRouter();
lost.post({ path: "paid", name: "paid" });
const callbacks = new OutgoingRouter();
callbacks.post({ path: "sent", name: "sent" });
app.get({ path: "/", callbacks }, () => 1);
const webhooks = new OutgoingRouter();
webhooks.post({ path: "new", name: "new" });
app.mount("/inner", new App({ webhooks }));`),
			[
				"warning: main.ts:5: an OutgoingRouter with POST paid is used nowhere, so that no document names it; write { path, callbacks: router } for a route, or new App({ webhooks: router })",
			],
		);
	});

	test("are told of resources that nothing names", async () => {
		assert.deepEqual(
			await warningsOf(
				`async function* cleanup() { yield 1; }
const lost = dependency(cleanup, { scope: "app" });
dependency(async () => 1, { scope: "app" });
const pool = dependency(async function* pool() { yield 1; }, { scope: "app" });
const model = dependency({ pool }, () => 1, { scope: "app" });
const listed = dependency(() => 1, { scope: "app" });
const guard = dependency(() => 1, { scope: "app" });
const cleaner = new App({ resources: [listed] });
app.get({ path: "/", dependencies: [guard] }, { model }, () => 1);
app.mount("/b", cleaner);`,
				`await new Promise((resolve) => { options.log.warn = (line) => { warn(line); line.includes("main.ts:7") && resolve(); }; });`,
			),
			[
				'warning: main.ts:6: the resource "cleanup" is named nowhere, so that it is never acquired; name it in a record, or write new App({ resources: [resource] })',
				"warning: main.ts:7: the resource is named nowhere, so that it is never acquired; name it in a record, or write new App({ resources: [resource] })",
			],
		);
	});

	test("are told a while later where their app is neither served nor mounted", async () => {
		assert.deepEqual(
			await warningsOf(
				`const admin = new App();
admin.get("/", () => 1);
const other = new App();
other.get("/", () => 1);
const asked = new App();
asked.get("/", () => 1);
asked.openapi();`,
				`const second = await serve(other, options);
await new Promise((resolve) => { options.log.warn = (line) => resolve(warn(line)); });
await second.close();`,
			),
			[
				'warning: main.ts:5: an App with GET / is neither served nor mounted, so that no request reaches it; write app.mount("/path", other)',
			],
		);
	});
});
