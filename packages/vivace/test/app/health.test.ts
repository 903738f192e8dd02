import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, dependency, SetupError, serve } from "../../src/index.ts";
import { trustedHosts } from "../../src/middleware.ts";
import { TestClient } from "../../src/testing.ts";

function logOf() {
	const lines: string[] = [];
	const log = (message: string) => void lines.push(message);
	return { lines, logger: { error: log, warn: log, info() {} } };
}

const { logger } = logOf();

/** The answer of `/readyz`, for a comparison at a glance. */
async function readiness(app: App): Promise<string> {
	const response = await app.fetch(new Request("http://probe/readyz"));
	return `${response.status} ${await response.text()}`;
}

describe("the health of an app", () => {
	test("is not told unless it is asked for", async () => {
		await using client = await TestClient.start(new App({ logger }));
		assert.equal((await client.get("/livez")).status, 404);
		assert.equal((await client.get("/readyz")).status, 404);
	});

	test("is told at the usual paths, or at others, or at one alone; never in the document", async () => {
		for (const [health, paths] of [
			[true, { "/livez": 200, "/readyz": 200 }],
			[{}, { "/livez": 200, "/readyz": 200 }],
			[
				{ livez: "/health/live", readyz: "/health/ready" },
				{ "/health/live": 200, "/health/ready": 200, "/livez": 404 },
			],
			[{ livez: null }, { "/livez": 404, "/readyz": 200 }],
		] as const) {
			const app = new App({ health, logger });
			await using client = await TestClient.start(app);
			for (const [path, status] of Object.entries(paths)) {
				assert.equal((await client.get(path)).status, status, path);
			}
			assert.deepEqual(app.openapi().paths, {});
		}
	});

	test("is JSON that nobody keeps, for GET and HEAD", async () => {
		const pool = dependency(() => 1, { scope: "app", name: "pool" });
		const app = new App({ health: true, resources: [pool], logger });
		await using client = await TestClient.start(app);
		const live = await client.get("/livez");
		assert.deepEqual(await live.json(), { status: "alive" });
		assert.equal(live.headers.get("cache-control"), "no-store");
		const ready = await client.get("/readyz");
		assert.deepEqual(await ready.json(), {
			status: "ready",
			resources: { pool: "ready" },
		});
		const head = await client.head("/readyz");
		assert.equal(head.status, 200);
		assert.equal(await head.text(), "");
		assert.equal((await client.post("/livez")).status, 404);
	});

	test("is told before any middleware, so that a probe by address passes trusted hosts", async () => {
		const app = new App({ health: true, logger });
		app.use(trustedHosts({ allowedHosts: ["shop.example"] }));
		app.get("/", () => "x");
		await using server = await serve(app, {
			port: 0,
			signals: false,
			log: logger,
		});
		assert.equal((await fetch(`${server.url}/`)).status, 400);
		assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
		assert.equal((await fetch(`${server.url}/livez`)).status, 200);
	});
});

describe("readiness", () => {
	test("is 503 before the start, while it starts and while the app stops; liveness stays", async () => {
		const gate = Promise.withResolvers<void>();
		const pool = dependency(() => gate.promise, { scope: "app", name: "pool" });
		const app = new App({ health: true, resources: [pool], logger });
		assert.equal(
			await readiness(app),
			'503 {"status":"starting","resources":{"pool":"waiting"}}',
		);
		const starting = app.start();
		assert.equal(
			await readiness(app),
			'503 {"status":"starting","resources":{"pool":"starting"}}',
		);
		gate.resolve();
		await starting;
		assert.equal(
			await readiness(app),
			'200 {"status":"ready","resources":{"pool":"ready"}}',
		);
		app.beginShutdown();
		assert.equal(
			await readiness(app),
			'503 {"status":"stopping","resources":{"pool":"ready"}}',
		);
		const live = await app.fetch(new Request("http://probe/livez"));
		assert.equal(live.status, 200);
		await app.stop();
	});

	test("is 503 when a check fails; what is wrong stands in the log alone, once", async () => {
		const { lines, logger } = logOf();
		const pool = dependency(() => 1, {
			scope: "app",
			name: "pool",
			check() {
				throw new Error("connect ECONNREFUSED db.internal:5432");
			},
		});
		const cache = dependency(() => 2, { scope: "app", name: "cache" });
		const app = new App({ health: true, resources: [pool, cache], logger });
		await app.start();
		for (let probe = 0; probe < 3; probe++) {
			assert.equal(
				await readiness(app),
				'503 {"status":"failing","resources":{"pool":"failing","cache":"ready"}}',
			);
		}
		assert.deepEqual(lines, [
			'"pool" fails its check: connect ECONNREFUSED db.internal:5432',
		]);
		await app.stop();
	});

	test("is degraded, and serves, without an optional resource or with one that fails its check", async () => {
		const missing = dependency(
			() => {
				throw new Error("refused");
			},
			{ scope: "app", name: "missing", optional: true },
		);
		const shaky = dependency(() => 1, {
			scope: "app",
			name: "shaky",
			optional: true,
			check: () => Promise.reject(new Error("no answer")),
		});
		const app = new App({ health: true, resources: [missing, shaky], logger });
		await app.start();
		assert.equal(
			await readiness(app),
			'200 {"status":"degraded","resources":{"missing":"degraded","shaky":"failing"}}',
		);
		await app.stop();
	});

	test("does not wait for a check that hangs, and asks at most once a second", async () => {
		let count = 0;
		const pool = dependency(() => 1, {
			scope: "app",
			name: "pool",
			check: () => {
				count++;
				return new Promise(() => {});
			},
		});
		const health = { checkTimeoutMs: 20 };
		const app = new App({ health, resources: [pool], logger });
		await app.start();
		const answers = await Promise.all([readiness(app), readiness(app)]);
		for (const answer of [...answers, await readiness(app)]) {
			assert.match(answer, /^503 .*"pool":"failing"/);
		}
		assert.equal(count, 1);
		await app.stop();
	});

	test("counts the resources of mounted apps", async () => {
		const own = dependency(() => 1, { scope: "app", name: "own" });
		const theirs = dependency(() => 1, {
			scope: "app",
			name: "theirs",
			check: () => Promise.reject(new Error("down")),
		});
		const inner = new App({ resources: [theirs] });
		const app = new App({ health: true, resources: [own], logger });
		app.mount("/inner", inner);
		await app.start();
		assert.equal(
			await readiness(app),
			'503 {"status":"failing","resources":{"own":"ready","theirs":"failing"}}',
		);
		await app.stop();
	});
});

test("VIV_OPTION, VIV_ROUTE: health at no path, at one path twice, with no time, or where a route is", async () => {
	const isSetup = (code: string) => (error: unknown) => {
		assert.ok(error instanceof SetupError);
		assert.equal(error.code, code);
		return true;
	};
	for (const health of [
		{ livez: "livez" },
		{ readyz: "/{name}" },
		{ livez: "/health", readyz: "/health" },
		{ checkTimeoutMs: 0 },
	]) {
		assert.throws(() => new App({ health }), isSetup("VIV_OPTION"));
	}
	const app = new App({ health: true, logger });
	app.get("/livez", () => "mine");
	await assert.rejects(TestClient.start(app), isSetup("VIV_ROUTE"));
});
