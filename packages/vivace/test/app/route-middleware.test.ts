import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { RequestValidationError } from "../../src/exceptions.ts";
import {
	App,
	BackgroundTasks,
	dependency,
	HTTPException,
	type Middleware,
	PlainTextResponse,
	Router,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

function logged(log: string[], name: string): Middleware {
	return async (request, next) => {
		log.push(`${name} in`);
		const response = await next(request);
		log.push(`${name} out`);
		return response;
	};
}

describe("route middleware", () => {
	test("of app, router, include and route stands around the handler in this order", async () => {
		const log: string[] = [];
		const app = new App({ routeMiddleware: [logged(log, "app")] });
		const router = new Router({ routeMiddleware: [logged(log, "router")] });
		router.get({ path: "/", routeMiddleware: [logged(log, "route")] }, () =>
			log.push("handler"),
		);
		app.include(router, { routeMiddleware: [logged(log, "include")] });
		await using client = await TestClient.start(app);
		await client.get("/");
		const names = ["app", "include", "router", "route"];
		assert.deepEqual(log, [
			...names.map((name) => `${name} in`),
			"handler",
			...names.toReversed().map((name) => `${name} out`),
		]);
	});

	test("leaves the other path operations alone", async () => {
		const app = new App();
		const timed: Middleware = async (request, next) => {
			const response = await next(request);
			response.headers.set("x-timed", "yes");
			return response;
		};
		app.get("/plain", () => 1);
		app.get({ path: "/timed", routeMiddleware: [timed] }, () => 2);
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/plain")).headers.get("x-timed"), null);
		assert.equal((await client.get("/timed")).headers.get("x-timed"), "yes");
		assert.equal((await client.get("/absent")).headers.get("x-timed"), null);
	});

	test("catches what the path operation throws, also that the request is wrong", async () => {
		const explain: Middleware = async (request, next) => {
			try {
				return await next(request);
			} catch (error) {
				if (!(error instanceof RequestValidationError)) {
					throw error;
				}
				throw new HTTPException(422, {
					count: error.errors.length,
					body: await request.text(),
				});
			}
		};
		const app = new App({ routeMiddleware: [explain] });
		app.post("/", { numbers: z.array(z.int()) }, ({ numbers }) => numbers);
		await using client = await TestClient.start(app);
		const response = await client.post("/", { json: ["a", "b"] });
		assert.equal(response.status, 422);
		assert.deepEqual(await response.json(), {
			detail: { count: 2, body: '["a","b"]' },
		});
	});

	test("may read another body than the client sent", async () => {
		const gunzipped: Middleware = async (request, next) => {
			request.replaceBody(gunzipSync(await request.bytes()));
			return next(request);
		};
		const app = new App({ routeMiddleware: [gunzipped] });
		app.post("/", { numbers: z.array(z.int()) }, ({ numbers }) => numbers);
		await using client = await TestClient.start(app);
		const response = await client.post("/", {
			body: gzipSync("[1,2]"),
			headers: { "content-type": "application/json" },
		});
		assert.deepEqual(await response.json(), [1, 2]);
	});

	test("answers in the handler's stead, and what the handler left is still ended", async () => {
		const log: string[] = [];
		const session = dependency(async function* () {
			yield "session";
			log.push("left");
		});
		const app = new App({
			routeMiddleware: [
				async (request, next) => {
					await next(request);
					return new PlainTextResponse("instead");
				},
			],
		});
		app.get("/", { session, tasks: BackgroundTasks }, ({ tasks }) => {
			tasks.add(() => log.push("task"));
		});
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "instead");
		assert.deepEqual(log, ["task", "left"]);
	});

	test("that is no function is refused where it is declared", () => {
		assert.throws(
			() =>
				new App().get(
					{ path: "/", routeMiddleware: ["timed" as never] },
					() => 1,
				),
			/VIV_OPTION: GET \/: routeMiddleware must be a list of functions/,
		);
	});
});
