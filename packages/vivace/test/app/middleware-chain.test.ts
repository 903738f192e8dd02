import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
	App,
	HTTPException,
	JSONResponse,
	type Middleware,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

/** The app with a layer of middleware at each of the two places, and how often its handler ran. */
function appsWith(layer: Middleware, handler: () => unknown = () => "ok") {
	return [[layer], []].map((use) => {
		let runs = 0;
		const app = new App({
			logger: quiet,
			routeMiddleware: use.length === 0 ? [layer] : [],
		});
		app.use(...use);
		app.post("/", () => {
			runs++;
			return handler();
		});
		return { app, runs: () => runs };
	});
}

function saysSecondCall(when: RegExp) {
	return (error: unknown) =>
		error instanceof TypeError &&
		/middleware "twice" called next\(\) a second time/.test(error.message) &&
		when.test(error.message);
}

describe("next()", () => {
	test("without a request hands the same one on", async () => {
		for (const { app, runs } of appsWith(async (request, next) => {
			const response = await next();
			response.headers.set("x-path", request.path);
			return response;
		})) {
			await using client = await TestClient.start(app);
			const response = await client.post("/");
			assert.deepEqual(
				[response.status, response.headers.get("x-path"), runs()],
				[200, "/", 1],
			);
		}
	});

	test("with what is no request is an error that names the middleware", async () => {
		for (const wrong of [null, "/", new globalThis.Request("http://a/")]) {
			for (const { app, runs } of appsWith(function careless(_request, next) {
				return next(wrong as never);
			})) {
				await using client = await TestClient.start(app);
				await assert.rejects(
					client.post("/"),
					/^TypeError: middleware "careless" called next\(\) with (?:null|"\/"|a Request); give it the request, or nothing for the same one$/,
				);
				assert.equal(runs(), 0);
			}
		}
	});

	test("is an error when it is called again after a response, and the handler has run once", async () => {
		for (const { app, runs } of appsWith(async function twice(request, next) {
			await next(request);
			return next(request);
		})) {
			await using client = await TestClient.start(app);
			await assert.rejects(
				client.post("/"),
				saysSecondCall(/after the first call has given a response/),
			);
			assert.equal(runs(), 1);
		}
	});

	test("is an error when it is called again while the first call is still running", async () => {
		for (const { app, runs } of appsWith(async function twice(request, next) {
			const [first, second] = await Promise.allSettled([
				next(request),
				next(request),
			]);
			assert.equal(first.status, "fulfilled");
			assert.ok(
				second.status === "rejected" &&
					saysSecondCall(/while the first call is still running/)(
						second.reason,
					),
			);
			return new JSONResponse("looked at both");
		})) {
			await using client = await TestClient.start(app);
			const response = await client.post("/");
			assert.equal(await response.json(), "looked at both");
			assert.equal(runs(), 1);
		}
	});

	test("may be called again after it has rejected", async () => {
		let calls = 0;
		const again: Middleware = async (request, next) => {
			try {
				return await next(request);
			} catch {
				return next(request);
			}
		};
		for (const { app, runs } of appsWith(again, () => {
			calls++;
			if (calls % 2 === 1) {
				throw new Error("the first run fails");
			}
			return "ok";
		})) {
			await using client = await TestClient.start(app);
			assert.equal(await (await client.post("/")).json(), "ok");
			assert.equal(runs(), 2);
		}
	});

	test("is each request's own: a layer answers any number of them at the same time", async () => {
		for (const { app, runs } of appsWith((request, next) => next(request))) {
			await using client = await TestClient.start(app);
			const responses = await Promise.all([client.post("/"), client.post("/")]);
			assert.deepEqual(
				responses.map(({ status }) => status),
				[200, 200],
			);
			assert.equal(runs(), 2);
		}
	});
});

describe("an error of a middleware's own", () => {
	class Closed extends Error {}
	const app = new App({ logger: quiet, limits: { bodyBytes: 100 } });
	app.exceptionHandler(
		Closed,
		() => new JSONResponse({ detail: "closed" }, { status: 503 }),
	);
	app.exceptionHandler(418, () => {
		throw new HTTPException(410, "a handler's own");
	});
	app.use(async (request, next) => {
		const { reads } = Object.fromEntries(request.query);
		if (reads === "json") {
			await request.json();
		} else if (reads === "form") {
			await request.form();
		} else if (reads === "status") {
			throw new HTTPException(401, "no", { headers: { "x-why": "no" } });
		} else if (reads === "class") {
			throw new Closed();
		} else if (reads === "mistake") {
			throw new Error("a mistake");
		}
		return next(request);
	});
	app.post("/", () => {
		throw new HTTPException(418);
	});

	const json = { "content-type": "application/json" };
	const form = { "content-type": "multipart/form-data; boundary=x" };
	const cases: readonly (readonly [
		reads: string,
		headers: Record<string, string>,
		body: string,
		status: number,
		answer: RegExp,
	])[] = [
		["json", json, "{", 422, /json_invalid/],
		["json", json, '"\xff', 422, /json_invalid/],
		["json", json, `"${"x".repeat(200)}"`, 413, /Request body too large/],
		["form", form, "no form", 400, /detail/],
		["status", json, "", 401, /"no"/],
		["class", json, "", 503, /closed/],
		["mistake", json, "", 500, /^Internal Server Error$/],
		["nothing", json, "", 500, /^Internal Server Error$/],
	];
	for (const [reads, headers, body, status, answer] of cases) {
		test(`is answered as that of a handler: ${reads} of ${body.slice(0, 9)}, ${status}`, async () => {
			await using client = await TestClient.start(app, {
				throwServerErrors: false,
			});
			const response = await client.post(`/?reads=${reads}`, { headers, body });
			assert.equal(response.status, status);
			assert.match(await response.text(), answer);
		});
	}
});
