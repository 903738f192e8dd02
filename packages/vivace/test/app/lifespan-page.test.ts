import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { App, dependency, SetupError, serve } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { chromiumMissing, startChromium } from "../support/chromium.ts";

const logger = { error() {}, warn() {}, info() {} };

/** An app whose resources start in a way that has something to show. */
function shop(): App {
	const began = performance.now();
	const settings = dependency(async () => ({}), {
		scope: "app",
		name: "settings",
	});
	const pool = dependency(
		{ settings },
		// longer than the settings took, however busy the machine is
		() =>
			new Promise((resolve) =>
				setTimeout(resolve, 30 + 2 * (performance.now() - began)),
			),
		{ scope: "app", name: "pool" },
	);
	const mail = dependency(
		() => {
			throw new Error("no <mail> today");
		},
		{ scope: "app", name: "mail", optional: true },
	);
	const app = new App({ title: "Shop <b>", resources: [mail], logger });
	app.get("/users", { pool }, () => 1);
	return app;
}

test("the page is at /docs/lifespan in development, undocumented and never stored", async () => {
	const app = shop();
	await using client = await TestClient.start(app);
	const response = await client.get("/docs/lifespan");
	assert.equal(response.status, 200);
	assert.equal(
		response.headers.get("content-type"),
		"text/html; charset=utf-8",
	);
	assert.equal(response.headers.get("cache-control"), "no-store");
	assert.match(await response.text(), /data-name="pool"/);
	assert.deepEqual(Object.keys(app.openapi().paths), ["/users"]);
});

test("the page is elsewhere or nowhere, as the app says", async () => {
	for (const [options, path, status] of [
		[{ lifespanUrl: "/boot" }, "/boot", 200],
		[{ lifespanUrl: "/boot" }, "/docs/lifespan", 404],
		[{ lifespanUrl: null }, "/docs/lifespan", 404],
		[{ docsUrl: "/api/" }, "/api/lifespan", 200],
		[{ docsUrl: null }, "/docs/lifespan", 404],
		[{ openapiUrl: null }, "/docs/lifespan", 404],
		[{ openapiUrl: null, lifespanUrl: "/boot" }, "/boot", 200],
	] as const) {
		await using client = await TestClient.start(
			new App({ ...options, logger }),
		);
		assert.equal((await client.get(path)).status, status, path);
	}
	assert.throws(() => new App({ lifespanUrl: "boot" }), SetupError);
});

test("in production there is no page, unless a path is given", async (t) => {
	const before = process.env.NODE_ENV;
	t.after(() => {
		if (before === undefined) {
			delete process.env.NODE_ENV;
		} else {
			process.env.NODE_ENV = before;
		}
	});
	process.env.NODE_ENV = "production";
	const lifespanUrl = "/docs/lifespan";
	for (const [options, status] of [
		[{}, 404],
		[{ lifespanUrl }, 200],
	] as const) {
		await using client = await TestClient.start(
			new App({ ...options, logger }),
		);
		assert.equal((await client.get(lifespanUrl)).status, status);
	}
});

test("the page of an app shows what its mounted apps need; they have none of their own", async () => {
	const cache = dependency(() => 1, { scope: "app", name: "inner cache" });
	const app = shop();
	app.mount("/inner", new App({ resources: [cache] }));
	await using client = await TestClient.start(app);
	const html = await (await client.get("/docs/lifespan")).text();
	assert.match(html, /data-name="inner cache"/);
	assert.equal((await client.get("/inner/docs/lifespan")).status, 404);
});

suite("the page in a browser", { skip: chromiumMissing ?? false }, () => {
	for (const colorScheme of ["light", "dark"] as const) {
		test(`draws chart and graph in ${colorScheme}, asks nobody for anything, and lights what belongs together`, async () => {
			await using server = await serve(shop(), {
				port: 0,
				signals: false,
				log: logger,
			});
			await using browser = await startChromium();
			const page = await browser.newPage({ colorScheme });
			const asked: string[] = [];
			const problems: string[] = [];
			page.on("request", (request) => asked.push(request.url()));
			page.on("pageerror", (error) => problems.push(error.message));
			page.on("console", (message) => problems.push(message.text()));
			await page.goto(`${server.url}/docs/lifespan`);
			assert.equal(await page.title(), "Shop <b> - Lifespan");
			for (const kind of [".chart .row", ".graph .node", "tbody tr"]) {
				assert.equal(await page.locator(kind).count(), 3, kind);
			}
			assert.equal(await page.locator(".graph .edge").count(), 1);
			const text = (await page.textContent("main")) ?? "";
			assert.match(text, /no <mail> today/);

			const width = async (name: string) =>
				(await page
					.locator(`.row[data-name="${name}"] .start`)
					.boundingBox()) ?? assert.fail(name);
			const [settings, pool] = [await width("settings"), await width("pool")];
			assert.ok(pool.width > settings.width);
			assert.ok(pool.x >= settings.x + settings.width - 4);

			await page.hover('.row[data-name="settings"]');
			const lit = await page
				.locator(".node.lit")
				.evaluateAll((nodes) =>
					nodes.map((node) => node.getAttribute("data-name")),
				);
			assert.deepEqual(lit.toSorted(), ["pool", "settings"]);

			const [paper, ink] = await page.locator("body").evaluate((body) => {
				const style = body.computedStyleMap();
				return ["background-color", "color"].map((property) =>
					String(style.get(property)),
				);
			});
			assert.equal(
				brightness(paper) > brightness(ink),
				colorScheme === "light",
			);
			const icons = asked.filter((url) => !url.startsWith("data:"));
			assert.deepEqual(icons, [`${server.url}/docs/lifespan`]);
			assert.deepEqual(problems, []);
		});
	}
});

/** The sum of red, green and blue of `rgb(…)`. */
function brightness(color = ""): number {
	const parts = color.match(/\d+/g) ?? assert.fail(color);
	return parts.slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
}
