import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as database from "../../src/database.ts";
import { App, type Middleware, Router, SetupError } from "../../src/index.ts";
import * as middleware from "../../src/middleware.ts";
import { TestClient } from "../../src/testing.ts";

const { cspNonce: _, ...ofMiddleware } = middleware;
const { databaseUnavailable, retryConflicts } = database;
const factories = { ...ofMiddleware, databaseUnavailable, retryConflicts };

/** As JavaScript may hand it over. */
const loose = (value: unknown) => value as Middleware;

for (const [name, factory] of Object.entries(factories)) {
	suite(`${name}, which makes a middleware, is refused uncalled`, () => {
		const places: Readonly<Record<string, () => unknown>> = {
			"app.use": () => new App().use(loose(factory)),
			"new App": () => new App({ routeMiddleware: [loose(factory)] }),
			"new Router": () => new Router({ routeMiddleware: [loose(factory)] }),
			"app.include": () =>
				new App().include(new Router(), { routeMiddleware: [loose(factory)] }),
			"app.get": () =>
				new App().get(
					{ path: "/", routeMiddleware: [loose(factory)] },
					() => null,
				),
		};
		for (const [place, declare] of Object.entries(places)) {
			test(`by ${place}, at its line`, () => {
				assert.throws(declare, (error) => {
					assert.ok(error instanceof SetupError);
					assert.match(
						error.message,
						RegExp(`VIV_OPTION: .*\\b${name} .*makes .*write ${name}\\(\\)`),
					);
					const [, first] = (error.stack ?? "").split("\n");
					assert.match(first ?? "", /uncalled-middleware\.test\.ts:\d+/);
					return true;
				});
			});
		}
	});
}

test("a program's own function that makes a middleware is told at the first request", async () => {
	const rateLimit = (_options?: object) => () => null;
	const app = new App({ logger: { error() {}, info() {}, warn() {} } });
	app.use(loose(rateLimit));
	await using client = await TestClient.start(app);
	await assert.rejects(
		client.get("/"),
		/middleware "rateLimit" must return the response .*write rateLimit\(\) where it is added/,
	);
});
