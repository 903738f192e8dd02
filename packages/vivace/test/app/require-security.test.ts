import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { App, dependency, HTTPException, Path, Router } from "vivace";
import { apiKeyHeader, httpBearer } from "vivace/security";
import { staticFiles } from "vivace/static";
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

	describe("with files", () => {
		const directory = mkdtempSync(join(tmpdir(), "vivace-secured-"));
		writeFileSync(join(directory, "index.html"), "<h1>in</h1>");
		after(() => rmSync(directory, { recursive: true }));

		it("refuses a front end and a folder that nobody guards", async () => {
			await assert.rejects(
				build((app) => app.frontend("/", { directory })),
				refused(/^VIV_SECURITY: frontend "\/" needs no security scheme/),
			);
			await assert.rejects(
				build((app) => {
					const router = new Router({ prefix: "/web" });
					router.frontend("/app", { directory });
					app.include(router);
				}),
				refused(/^VIV_SECURITY: frontend "\/web\/app" needs/),
			);
			await assert.rejects(
				build((app) => app.mount("/files", staticFiles(directory))),
				refused(/mounted at "\/files" .* public: true/),
			);
		});

		it("takes them where they say that they are public", async () => {
			const app = new App({ requireSecurity: true });
			app.frontend("/app", { directory, public: true });
			const router = new Router({ public: true });
			router.frontend("/router", { directory });
			app.include(router);
			app.mount("/files", staticFiles(directory), { public: true });
			await using client = await TestClient.start(app);
			for (const path of ["/app/", "/router/", "/files/index.html"]) {
				assert.equal((await client.get(path)).status, 200, path);
			}
		});

		it("lets a router's scheme guard a front end, whatever is asked of it", async () => {
			const app = new App({ requireSecurity: true });
			const router = new Router({ dependencies: [bearer] });
			router.frontend("/", { directory });
			app.include(router);
			await using client = await TestClient.start(app);
			const headers = { authorization: "Bearer abc", accept: "text/html" };
			for (const path of ["/", "/index.html", "/deep/link", "/none.js"]) {
				const refusal = await client.get(path, {
					headers: { accept: "text/html" },
				});
				assert.equal(refusal.status, 401, path);
				assert.equal(refusal.headers.get("www-authenticate"), "Bearer");
				assert.doesNotMatch(await refusal.text(), /in/);
			}
			assert.equal((await client.head("/")).status, 401);
			assert.equal((await client.get("/", { headers })).status, 200);
			assert.equal((await client.get("/deep", { headers })).status, 200);
		});

		it("lets middleware in front of a public folder, or an app around it, guard files", async () => {
			const files = new App({ requireSecurity: false });
			files.use((request, next) => {
				if (request.header("authorization") === undefined) {
					throw new HTTPException(401, "Not authenticated");
				}
				return next(request);
			});
			files.mount("/", staticFiles(directory));
			const app = new App({ requireSecurity: true });
			app.mount("/files", files);
			await using client = await TestClient.start(app);
			const path = "/files/index.html";
			assert.equal((await client.get(path)).status, 401);
			const headers = { authorization: "Bearer abc" };
			assert.equal((await client.get(path, { headers })).status, 200);
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
