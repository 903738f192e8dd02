import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, Router, SetupError } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

/** An app of every way in which a path operation can be reached, and what adds another at each of them. */
function grown() {
	const inner = new Router({ prefix: "/inner" });
	const router = new Router({ prefix: "/router" });
	const ofMounted = new Router();
	const mounted = new App({ logger: quiet });
	const app = new App({ logger: quiet });
	router.include(inner);
	app.include(router);
	mounted.include(ofMounted);
	app.mount("/mounted", mounted);
	app.get("/", () => "ok");
	const late = () => "late";
	const additions: Readonly<Record<string, () => void>> = {
		"GET /app": () => app.get("/app", late),
		"GET /router": () => router.get("/router", late),
		"POST, PUT /inner": () => inner.route(["post", "put"], "/inner", late),
		"GET /mounted": () => mounted.get("/mounted", late),
		"GET /below": () => ofMounted.get({ path: "/below" }, late),
		"app.use()": () => app.use((request, next) => next(request)),
		'mount("/more")': () => mounted.mount("/more", new App()),
		"include()": () => inner.include(new Router()),
	};
	return { app, additions };
}

function assertFrozen(additions: Readonly<Record<string, () => void>>): void {
	for (const [what, add] of Object.entries(additions)) {
		assert.throws(add, (error: unknown) => {
			assert.ok(error instanceof SetupError, what);
			assert.equal(error.code, "VIV_ROUTE");
			assert.ok(error.message.startsWith(`VIV_ROUTE: ${what}`), error.message);
			assert.match(error.message, /declare it before/);
			// the line that adds it is the first that is not ours
			assert.match(String(error.stack), /frozen-routers\.test\.ts/);
			return true;
		});
	}
}

describe("what an app serves", () => {
	test("can't be added to after the start, at any router of it", async () => {
		const { app, additions } = grown();
		const before = JSON.stringify(app.openapi());
		await using client = await TestClient.start(app);
		assertFrozen(additions);
		assert.equal((await client.get("/router/router")).status, 404);
		assert.equal(
			await (await client.get("/openapi.json")).text(),
			before,
			"the document describes what is served",
		);
	});

	test("can't be added to after the first app.fetch", async () => {
		const { app, additions } = grown();
		await app.fetch(new Request("http://localhost/"));
		assertFrozen(additions);
	});

	test("can be added to again when the app has stopped, or could not start", async () => {
		const { app, additions } = grown();
		await app.start();
		await app.stop();
		for (const add of Object.values(additions)) {
			add();
		}
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/router/router")).json(), "late");
		assert.equal(await (await client.get("/mounted/below")).json(), "late");
		assert.ok(app.openapi().paths["/router/inner/inner"]);

		const failing = new App({
			logger: quiet,
			// biome-ignore lint/correctness/useYield: it fails before
			lifespan: async function* () {
				throw new Error("no");
			},
		});
		await assert.rejects(failing.start());
		failing.get("/", () => 1);
	});

	test("holds as long as one of the apps that include a router serves it", async () => {
		const router = new Router();
		const [left, right] = [new App(), new App()];
		left.include(router);
		right.include(router);
		await left.start();
		await right.start();
		await left.stop();
		assert.throws(() => router.get("/", () => 1), SetupError);
		await right.stop();
		router.get("/", () => 1);
	});

	test("is documented with the webhooks that were declared after the document was first made", () => {
		const app = new App();
		app.openapi();
		app.webhooks.post({ path: "paid", name: "paid" });
		assert.ok(app.openapi().webhooks);
	});
});
