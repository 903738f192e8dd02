import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { App, dependency, Path, Router } from "vivace";
import { apiKeyHeader, httpBearer } from "vivace/security";
import { TestClient } from "vivace/testing";
import { z } from "zod";

const bearer = httpBearer();
const maybe = apiKeyHeader({ name: "X-Key", autoError: false });
const user = dependency({ bearer }, ({ bearer }) => bearer.credentials);
const foreign = { fetch: () => new Response() };

async function build(declare: (app: App) => void): Promise<void> {
	const app = new App({ requireSecurity: true });
	declare(app);
	await using _client = await TestClient.start(app);
}

const refused = (place: RegExp) => (error: Error & { code: string }) => {
	assert.equal(error.code, "VIV_SECURITY");
	assert.match(error.message, place);
	const [, first] = (error.stack ?? "").split("\n");
	assert.match(first ?? "", /require-security\.test\.ts:\d+/);
	return true;
};

describe("requireSecurity", () => {
	it("takes what needs a scheme, wherever it stands", async () => {
		await build((app) => {
			app.get("/parameter", { bearer }, () => "");
			app.get("/below", { user }, () => "");
			app.get({ path: "/route", dependencies: [user] }, () => "");
			const router = new Router({ dependencies: [bearer] });
			router.get("/router", () => "");
			app.include(router);
			const plain = new Router();
			plain.get("/include", () => "");
			app.include(plain, { dependencies: [bearer] });
		});
	});

	it("refuses what needs none, or one that lets everyone pass", async () => {
		await assert.rejects(
			build((app) => app.get("/open", () => "")),
			refused(/GET \/open needs no security scheme/),
		);
		await assert.rejects(
			build((app) => app.get("/maybe", { maybe }, () => "")),
			refused(/GET \/maybe needs/),
		);
		await assert.rejects(
			build((app) => app.mount("/old", foreign)),
			refused(/mounted at "\/old"/),
		);
	});

	it("takes what says that it is public, the innermost counts", async () => {
		await build((app) => {
			app.get({ path: "/open", public: true }, () => "");
			const router = new Router({ public: true });
			router.get("/router", () => "");
			app.include(router);
			const plain = new Router();
			plain.get("/include", () => "");
			app.include(plain, { public: true });
			app.mount("/old", foreign, { public: true });
		});
		await assert.rejects(
			build((app) => {
				const router = new Router({ public: true });
				router.get({ path: "/not", public: false }, () => "");
				app.include(router);
			}),
			refused(/GET \/not needs/),
		);
	});

	it("holds for mounted apps that don't say otherwise", async () => {
		const inner = (options: object) => {
			const app = new App(options);
			app.get("/open", { tenant: Path(z.string()) }, () => "");
			return app;
		};
		await assert.rejects(
			build((app) => app.mount("/{tenant}", inner({}))),
			refused(/GET \/open needs/),
		);
		await build((app) => {
			app.mount("/a/{tenant}", inner({}), { public: true });
			app.mount("/b/{tenant}", inner({ requireSecurity: false }));
		});
	});

	it("is no matter of overrides: the app is the same without them", async () => {
		const app = new App({ requireSecurity: true });
		app.get("/", { user }, ({ user }) => user);
		app.overrides.set(
			user,
			dependency(() => "Ada"),
		);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).json(), "Ada");
		assert.equal((await client.get("/docs")).status, 200);
		assert.equal((await client.get("/openapi.json")).status, 200);
	});

	it("is off where nothing is said", async () => {
		const app = new App();
		app.get("/", () => "in");
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/")).status, 200);
	});
});
