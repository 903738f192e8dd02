import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { App, dependency, Path, Router, SetupError } from "../../src/index.ts";

/** The lines that the start of an app writes. */
async function linesOf(declare: (app: App) => void): Promise<string[]> {
	const lines: string[] = [];
	const app = new App({
		logger: { info() {}, error() {}, warn: (line: string) => lines.push(line) },
	});
	declare(app);
	await app.start();
	await app.stop();
	return lines;
}

const handler = () => null;
const here = "\\S*hidden-routes\\.test\\.ts:\\d+";

suite("a path operation that no request reaches", () => {
	test("is told with both places when it is declared twice", async () => {
		const lines = await linesOf((app) => {
			app.get("/users", function first() {
				return 1;
			});
			const router = new Router({ prefix: "/users" });
			router.get("", handler);
			app.include(router);
		});
		assert.equal(lines.length, 1);
		assert.match(
			lines.find((line) => line.includes("twice")) ?? "",
			new RegExp(
				`^GET /users is declared twice: "first" at ${here} answers, "handler" at ${here} never does; take one of them away$`,
			),
		);
	});

	const hidden: readonly (readonly [earlier: string, later: string])[] = [
		["/items/{id}", "/items/me"],
		["/items/{id}", "/items/{id:int}"],
		["/items/{id}/x", "/items/{name}/x"],
		["/files/{rest:path}", "/files/a/b"],
		["/files/{rest:path}", "/files/{name}"],
		["/files/{rest:path}", "/files/{name}/{more:int}"],
		["/{a}-{b}", "/{c}-{d}"],
		["/{id:int}", "/{number:int}"],
		["/{a}/{b}", "/100%/{c}"],
	];
	for (const [earlier, later] of hidden) {
		test(`${later} behind ${earlier}`, async () => {
			const lines = await linesOf((app) => {
				app.get({ path: earlier, name: "one" }, handler);
				app.get({ path: later, name: "two" }, handler);
			});
			assert.equal(lines.length, 1);
			assert.match(
				lines[0] ?? "",
				new RegExp(
					`^GET ${RegExp.escape(later)} \\(${here}\\) is never reached: ${RegExp.escape(earlier)} \\(${here}\\) takes its requests; declare it before that$`,
				),
			);
		});
	}

	const seen: readonly (readonly [earlier: string, later: string])[] = [
		["/items/me", "/items/{id}"],
		["/items/{id:int}", "/items/{id}"],
		["/items/{id:int}", "/items/me"],
		["/items/{id}", "/items/{id}/x"],
		["/items/{id}", "/items/"],
		["/{a}-{b}", "/{name}"],
		["/{id:uuid}", "/{id:int}"],
		["/{id}", "/{rest:path}"],
		["/x/{id}", "/{rest:path}"],
	];
	for (const [earlier, later] of seen) {
		test(`is not ${later} behind ${earlier}`, async () => {
			const lines = await linesOf((app) => {
				app.get({ path: earlier, name: "one" }, handler);
				app.get({ path: later, name: "two" }, handler);
			});
			assert.deepEqual(lines, []);
		});
	}

	test("is none with another method", async () => {
		const lines = await linesOf((app) => {
			app.get("/items/{id}", handler);
			app.put("/items/me", handler);
		});
		assert.deepEqual(lines, []);
	});
});

suite("what shows only when the app is built", () => {
	test("is told at the line of the path operation", async () => {
		const router = new Router();
		router.get("/users", { id: Path(z.int()) }, handler); // a prefix may have it
		const app = new App();
		app.include(router);
		await assert.rejects(app.start(), (error) => {
			assert.ok(error instanceof SetupError);
			const [head, first = ""] = (error.stack ?? "").split("\n");
			assert.match(head ?? "", /GET \/users/);
			assert.match(first, /hidden-routes\.test\.ts:1\d\d:/);
			return true;
		});
	});
});

test("after a start that failed, what is overridden then is heard", async () => {
	const app = new App({ logger: { info() {}, warn() {}, error() {} } });
	let isBroken = true;
	const pool = dependency(
		async () => {
			if (isBroken) {
				throw new Error("no route to host");
			}
			return 1;
		},
		{ scope: "app" },
	);
	const user = dependency(() => "real");
	app.get("/", { user }, ({ user }) => user);
	app.get("/pool", { pool }, ({ pool }) => pool);
	await assert.rejects(app.start(), /no route to host/);
	assert.equal(app.lifespan.timeline()[0]?.name, "pool");
	app.overrides.set(
		user,
		dependency(() => "double"),
	);
	const response = await app.fetch(new Request("http://localhost/"));
	assert.equal(await response.json(), "double");
	isBroken = false;
	await app.start();
	const other = await app.fetch(new Request("http://localhost/pool"));
	assert.equal(await other.json(), 1);
	await app.stop();
});

test("a socket that no handshake reaches is told too", async () => {
	const lines = await linesOf((app) => {
		app.websocket("/rooms/{room}", handler);
		app.websocket("/rooms/lobby", handler);
		app.websocket("/echo", handler);
		app.websocket("/echo", handler);
		app.get("/echo", handler); // of another kind
	});
	assert.equal(lines.length, 2, lines.join("\n"));
	assert.match(
		lines.join("\n"),
		/^WS \/rooms\/lobby .* is never reached: \/rooms\/\{room\}.*\nWS \/echo is declared twice/,
	);
});
