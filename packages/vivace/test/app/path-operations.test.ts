import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	Body,
	Cookie,
	Header,
	HTMLResponse,
	HTTPException,
	JSONResponse,
	Path,
	PlainTextResponse,
	Query,
	RedirectResponse,
	Response,
	Router,
	StreamingResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

async function answerOf(
	app: App,
	method: string,
	url: string,
	options = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
		followRedirects: false,
	});
	const response = await client.request(method, url, options);
	const text = await response.text();
	const isJson = response.headers.get("content-type") === "application/json";
	return {
		status: response.status,
		body: isJson && text !== "" ? JSON.parse(text) : text,
		headers: response.headers,
	};
}

const silent = { error() {}, warn() {}, info() {} };

describe("a path operation", () => {
	test("is checked when the app starts, and compiled by its first request", async () => {
		const seen: unknown[] = [];
		const spied = z.preprocess((value) => {
			seen.push(value);
			return value;
		}, z.int().default(1));
		const app = new App();
		app.get("/", { n: Query(spied) }, (values) => values);
		await using client = await TestClient.start(app);
		assert.deepEqual(seen, []); // nothing has asked what absence means
		for (const query of [{ n: 2 }, { n: 3 }]) {
			assert.deepEqual(await (await client.get("/", { query })).json(), query);
		}
		assert.deepEqual(seen, [undefined, "2", "3"]);
	});

	test("gives a bare schema its place: path, query for scalars, body for objects", async () => {
		const app = new App();
		app.put(
			"/items/{item_id}",
			{
				item_id: z.int(),
				q: z.string().nullish(),
				item: z.object({ name: z.string() }),
			},
			({ item_id, q, item }) => ({ item_id, q, item }),
		);
		const { body } = await answerOf(app, "PUT", "/items/3?q=x", {
			json: { name: "Foo" },
		});
		assert.deepEqual(body, { item_id: 3, q: "x", item: { name: "Foo" } });
	});

	test("gives null for what is nullish and absent, as FastAPI gives None", async () => {
		const app = new App();
		app.get("/", { q: z.string().nullish() }, ({ q }) => ({ q }));
		assert.deepEqual((await answerOf(app, "GET", "/")).body, { q: null });
	});

	test("hands on as text what the path names and nothing declares", async () => {
		const app = new App();
		app.get("/users/{name}", ({ name }) => ({ name }));
		app.get("/both/{name}/{id}", { id: z.int() }, ({ name, id }) => ({
			name,
			id,
		}));
		assert.deepEqual((await answerOf(app, "GET", "/users/a%20b")).body, {
			name: "a b",
		});
		assert.deepEqual((await answerOf(app, "GET", "/both/x/3")).body, {
			name: "x",
			id: 3,
		});
	});

	test("reads headers by names with underscores and humps, cookies, and lists from repeated keys", async () => {
		const app = new App();
		app.get(
			"/",
			{
				user_agent: Header(z.string()),
				xToken: Header(z.string()),
				raw_name: Header(z.string(), { convertUnderscores: false }),
				session: Cookie(z.string()),
				tag: Query(z.array(z.string())),
			},
			(values) => values,
		);
		const { body } = await answerOf(app, "GET", "/?tag=a&tag=b", {
			headers: { "x-token": "t", raw_name: "r" },
			cookies: { session: "s" },
		});
		assert.deepEqual(body, {
			user_agent: "testclient",
			xToken: "t",
			raw_name: "r",
			session: "s",
			tag: ["a", "b"],
		});
	});

	test("reads a parameter by its alias and names the alias in its errors", async () => {
		const app = new App();
		app.get("/", { query: Query(z.int(), { alias: "item-query" }) }, (v) => v);
		assert.deepEqual((await answerOf(app, "GET", "/?item-query=3")).body, {
			query: 3,
		});
		assert.deepEqual((await answerOf(app, "GET", "/?query=3")).body, {
			detail: [
				{
					type: "missing",
					loc: ["query", "item-query"],
					msg: "Field required",
					input: null,
				},
			],
		});
	});

	test("may read a query parameter that has the name of one of its path", async () => {
		const app = new App();
		app.get(
			"/items/{id}",
			{ id: z.int(), wanted: Query(z.string(), { alias: "id" }) },
			(values) => values,
		);
		const { body } = await answerOf(app, "GET", "/items/3?id=x");
		assert.deepEqual(body, { id: 3, wanted: "x" });
		const described = app.openapi().paths["/items/{id}"]?.get as
			| { readonly parameters: readonly { readonly in: string }[] }
			| undefined;
		assert.deepEqual(
			described?.parameters.map((parameter) => parameter.in),
			["path", "query"],
		);
	});

	test("embeds bodies under their names when there are several or when asked", async () => {
		const Item = z.object({ name: z.string() });
		const app = new App();
		app.put(
			"/two",
			{ item: Item, importance: Body(z.int()) },
			({ item, importance }) => ({ item, importance }),
		);
		app.put("/one", { item: Body(Item, { embed: true }) }, ({ item }) => item);
		const json = { item: { name: "Foo" }, importance: 5 };
		assert.deepEqual((await answerOf(app, "PUT", "/two", { json })).body, json);
		assert.deepEqual((await answerOf(app, "PUT", "/one", { json })).body, {
			name: "Foo",
		});
		assert.deepEqual((await answerOf(app, "PUT", "/two", { json: {} })).body, {
			detail: ["item", "importance"].map((name) => ({
				type: "missing",
				loc: ["body", name],
				msg: "Field required",
				input: null,
			})),
		});
	});

	test("gives of a body only what the client sent, where that is asked for", async () => {
		const Size = z.object({ width: z.int().default(1), unit: z.string() });
		const Item = z.object({
			name: z.string().nullish(),
			tax: z.number().default(10.5),
			since: z.date().nullish(),
			sizes: z.array(Size).default([]),
		});
		const app = new App();
		app.patch(
			"/one",
			{ changes: Body(Item, { excludeUnset: true }) },
			({ changes }) => changes,
		);
		app.patch(
			"/two",
			{
				changes: Body(Item, { excludeUnset: true }),
				item: Item,
			},
			(values) => values,
		);
		const changes = { name: null, sizes: [{ unit: "cm" }] };
		assert.deepEqual(
			(await answerOf(app, "PATCH", "/one", { json: changes })).body,
			changes,
		);
		const { body } = await answerOf(app, "PATCH", "/two", {
			json: { changes: { since: "2018-12-22" }, item: {} },
		});
		assert.deepEqual(body, {
			changes: { since: "2018-12-22T00:00:00+00:00" },
			item: { name: null, tax: 10.5, since: null, sizes: [] },
		});
		const wrong = await answerOf(app, "PATCH", "/one", { json: { tax: "x" } });
		assert.equal(wrong.status, 422);
	});

	test("reports every problem of a request at once, dependencies' first", async () => {
		const app = new App();
		app.post(
			"/items/{id}",
			{ id: z.int(), limit: z.int(), item: z.object({ price: z.number() }) },
			(values) => values,
		);
		const { status, body } = await answerOf(app, "POST", "/items/x?limit=y", {
			json: { price: "z" },
		});
		assert.equal(status, 422);
		const { detail } = body as { detail: { type: string; loc: unknown }[] };
		assert.deepEqual(
			detail.map(({ type, loc }) => [type, loc]),
			[
				["int_parsing", ["path", "id"]],
				["int_parsing", ["query", "limit"]],
				["float_parsing", ["body", "price"]],
			],
		);
	});

	test("reports problems by the part of the request, whatever the order of the declarations", async () => {
		const app = new App();
		app.post(
			"/items/{id}",
			{
				item: z.object({ price: z.number() }),
				token: Cookie(z.string()),
				x_key: Header(z.string()),
				late: Query(z.string().refine(async () => true)),
				limit: z.int(),
				id: z.int(),
			},
			(values) => values,
		);
		const { body } = await answerOf(app, "POST", "/items/x", {
			json: { price: "z" },
		});
		const { detail } = body as { detail: { loc: unknown[] }[] };
		assert.deepEqual(
			detail.map(({ loc }) => loc.join(".")),
			[
				"path.id",
				"query.late",
				"query.limit",
				"header.x-key",
				"cookie.token",
				"body.price",
			],
		);
	});

	test("spreads an object schema over the query and forbids what is extra", async () => {
		const app = new App();
		const Filter = z.strictObject({
			limit: z.int().default(100),
			tags: z.array(z.string()).default([]),
		});
		app.get("/", { filter: Query(Filter) }, ({ filter }) => filter);
		assert.deepEqual((await answerOf(app, "GET", "/?limit=5&tags=a")).body, {
			limit: 5,
			tags: ["a"],
		});
		assert.deepEqual((await answerOf(app, "GET", "/?tool=plumbus")).body, {
			detail: [
				{
					type: "extra_forbidden",
					loc: ["query", "tool"],
					msg: "Extra inputs are not permitted",
					input: "plumbus",
				},
			],
		});
	});

	test("takes a body for JSON by its content type alone", async () => {
		const app = new App();
		app.post("/", { item: z.object({ a: z.int() }) }, ({ item }) => item);
		const send = (type: string | undefined, body = '{"a":1}') =>
			answerOf(app, "POST", "/", {
				body: new Blob([body], type === undefined ? {} : { type }),
			});
		assert.equal((await send("application/json")).status, 200);
		assert.equal((await send("application/geo+json")).status, 200);
		assert.equal((await send("application/json; charset=utf-8")).status, 200);
		for (const type of ["text/plain", "application/geo+json-seq", undefined]) {
			const { status, body } = await send(type);
			assert.equal(status, 422, String(type));
			assert.deepEqual(body, {
				detail: [
					{
						type: "model_attributes_type",
						loc: ["body"],
						msg: "Input should be a valid dictionary or object to extract fields from",
						input: '{"a":1}',
					},
				],
			});
		}
		const broken = await send("application/json", '{"a":1,}');
		assert.deepEqual(
			(broken.body as { detail: { type: string }[] }).detail[0]?.type,
			"json_invalid",
		);
	});

	test("filters its answer by the response schema, and hides an answer that does not fit", async () => {
		const app = new App({ logger: silent });
		const User = z.object({ name: z.string() });
		app.get({ path: "/user", response: User }, () => ({
			name: "Ann",
			password: "secret",
		}));
		app.get({ path: "/bad", response: User }, () => ({ name: 3 }) as never);
		assert.deepEqual((await answerOf(app, "GET", "/user")).body, {
			name: "Ann",
		});
		const bad = await answerOf(app, "GET", "/bad");
		assert.equal(bad.status, 500);
		assert.equal(bad.body, "Internal Server Error");
	});

	test("leaves fields out as its options say", async () => {
		const Item = z.object({
			name: z.string(),
			tax: z.number().default(10.5),
			note: z.string().nullish(),
		});
		const app = new App();
		const stored = { name: "Foo", note: null };
		const variants = {
			"/unset": { excludeUnset: true },
			"/defaults": { excludeDefaults: true },
			"/none": { excludeNone: true },
			"/include": { include: ["name"] },
			"/exclude": { exclude: ["tax"] },
		} as const;
		for (const [path, options] of Object.entries(variants)) {
			app.get({ path, response: Item, ...options }, () => stored);
		}
		const bodyOf = async (path: string) =>
			(await answerOf(app, "GET", path)).body;
		assert.deepEqual(await bodyOf("/unset"), { name: "Foo", note: null });
		assert.deepEqual(await bodyOf("/defaults"), { name: "Foo" });
		assert.deepEqual(await bodyOf("/none"), { name: "Foo", tax: 10.5 });
		assert.deepEqual(await bodyOf("/include"), { name: "Foo" });
		assert.deepEqual(await bodyOf("/exclude"), { name: "Foo", note: null });
	});

	test("answers with its response class, a response as it is, and a web Response", async () => {
		const app = new App();
		app.get({ path: "/html", responseClass: HTMLResponse }, () => "<p>hi</p>");
		app.get("/text", () => new PlainTextResponse("hi"));
		app.get("/web", () => new globalThis.Response("hi", { status: 202 }));
		app.get({ path: "/go", responseClass: RedirectResponse }, () => "/there");
		app.get(
			"/stream",
			() => new StreamingResponse(["a", "b"], { mediaType: "text/plain" }),
		);
		const html = await answerOf(app, "GET", "/html");
		assert.equal(html.headers.get("content-type"), "text/html; charset=utf-8");
		assert.equal(html.body, "<p>hi</p>");
		assert.equal((await answerOf(app, "GET", "/text")).body, "hi");
		assert.equal((await answerOf(app, "GET", "/web")).status, 202);
		const redirect = await answerOf(app, "GET", "/go");
		assert.equal(redirect.status, 307);
		assert.equal(redirect.headers.get("location"), "/there");
		assert.equal((await answerOf(app, "GET", "/stream")).body, "ab");
	});

	test("lets the handler change status, headers and cookies of a plain answer", async () => {
		const app = new App();
		app.put(
			{ path: "/", status: 200 },
			{ response: Response },
			({ response }) => {
				response.status = 201;
				response.headers.set("x-cat", "yes");
				response.setCookie("fake", "value");
				return { made: true };
			},
		);
		const { status, body, headers } = await answerOf(app, "PUT", "/");
		assert.equal(status, 201);
		assert.deepEqual(body, { made: true });
		assert.equal(headers.get("x-cat"), "yes");
		assert.deepEqual(headers.getSetCookie(), [
			"fake=value; Path=/; SameSite=lax",
		]);
	});

	test("sends no body with a status that has none", async () => {
		const app = new App();
		app.delete({ path: "/", status: 204 }, () => ({ ignored: true }));
		const { status, body, headers } = await answerOf(app, "DELETE", "/");
		assert.equal(status, 204);
		assert.equal(body, "");
		// FastAPI's answer says what it would be
		assert.equal(headers.get("content-type"), "application/json");
	});

	test("streams what a generator handler yields as JSON lines", async () => {
		const app = new App();
		app.get("/", async function* () {
			yield { n: 1 };
			yield { n: 2 };
		});
		const { body, headers } = await answerOf(app, "GET", "/");
		assert.equal(headers.get("content-type"), "application/jsonl");
		assert.equal(body, '{"n":1}\n{"n":2}\n');
	});

	test("turns dates, maps, sets and bigints of a plain answer into JSON", async () => {
		const app = new App();
		app.get("/", () => ({
			at: new Date("2018-12-22T14:00:00Z"),
			map: new Map([["a", 1]]),
			set: new Set([1, 2]),
			big: 12n,
		}));
		assert.deepEqual((await answerOf(app, "GET", "/")).body, {
			at: "2018-12-22T14:00:00+00:00",
			map: { a: 1 },
			set: [1, 2],
			big: 12,
		});
	});

	test("answers null when the handler returns nothing", async () => {
		const app = new App();
		app.get("/", () => undefined);
		assert.equal((await answerOf(app, "GET", "/")).body, null);
	});

	test("logs a clear error for a value that is not JSON", async () => {
		const logged: unknown[] = [];
		const app = new App({
			logger: { ...silent, error: (_, error) => logged.push(error) },
		});
		app.get("/", () => {
			const list: unknown[] = [];
			list.push(list);
			return { list };
		});
		assert.equal((await answerOf(app, "GET", "/")).status, 500);
		assert.match(String(logged[0]), /"list\[0\]" is a circular reference/);
	});
});

describe("a path", () => {
	test("that is unknown is 404, with another method 405 and Allow", async () => {
		const app = new App();
		app.get("/items", () => []);
		assert.deepEqual((await answerOf(app, "GET", "/nothing")).body, {
			detail: "Not Found",
		});
		for (const method of ["POST", "HEAD", "OPTIONS"]) {
			const { status, headers } = await answerOf(app, method, "/items");
			assert.equal(status, 405);
			assert.equal(headers.get("allow"), "GET");
		}
	});

	test("that only lacks a slash is redirected with its query, unless that is switched off", async () => {
		for (const redirectSlashes of [true, false]) {
			const app = new App({ redirectSlashes });
			app.get("/items/", () => []);
			const { status, headers } = await answerOf(
				app,
				"GET",
				"https://example.com/items?a=1",
			);
			assert.equal(status, redirectSlashes ? 307 : 404);
			assert.equal(
				headers.get("location"),
				redirectSlashes ? "https://example.com/items/?a=1" : null,
			);
		}
	});
});

describe("a router", () => {
	test("gives its path operations prefix, tags, dependencies and responses, nested too", async () => {
		const inner = new Router({ prefix: "/inner", tags: ["inner"] });
		inner.get("/{id}", { id: z.int() }, ({ id }) => ({ id }));
		const outer = new Router({ prefix: "/outer", tags: ["outer"] });
		outer.include(inner, { prefix: "/at" });
		const app = new App({ tags: ["app"] });
		app.include(outer, { prefix: "/v1", tags: ["included"] });
		assert.deepEqual(
			(await answerOf(app, "GET", "/v1/outer/at/inner/3")).body,
			{
				id: 3,
			},
		);
		assert.deepEqual(
			app.operations().map(({ tags, where }) => [where, tags]),
			[["GET /v1/outer/at/inner/{id}", ["app", "included", "outer", "inner"]]],
		);
	});

	test("reads path parameters that a prefix brings", async () => {
		const router = new Router();
		router.get("/posts", { user: Path(z.int()) }, ({ user }) => ({ user }));
		const app = new App();
		app.include(router, { prefix: "/users/{user}" });
		assert.deepEqual((await answerOf(app, "GET", "/users/7/posts")).body, {
			user: 7,
		});
	});

	test("can serve the prefix itself", async () => {
		const router = new Router({ prefix: "/items" });
		router.get("", () => "all");
		const app = new App();
		app.include(router);
		assert.equal((await answerOf(app, "GET", "/items")).body, "all");
	});
});

describe("an exception handler", () => {
	class UnicornError extends Error {}
	class YoungUnicornError extends UnicornError {}

	test("answers by the nearest class and by status", async () => {
		const app = new App();
		app.exceptionHandler(
			UnicornError,
			(request, error) =>
				new JSONResponse(
					{ path: request.path, name: error.constructor.name },
					{ status: 418 },
				),
		);
		app.exceptionHandler(
			404,
			() => new PlainTextResponse("gone", { status: 404 }),
		);
		app.get("/", () => {
			throw new YoungUnicornError();
		});
		app.get("/teapot", () => {
			throw new HTTPException(404);
		});
		assert.deepEqual((await answerOf(app, "GET", "/")).body, {
			path: "/",
			name: "YoungUnicornError",
		});
		assert.equal((await answerOf(app, "GET", "/teapot")).body, "gone");
		assert.equal((await answerOf(app, "GET", "/nowhere")).body, "gone");
	});

	test("for Error is the last resort, and the error is logged", async () => {
		const logged: unknown[] = [];
		const app = new App({
			logger: { ...silent, error: (_, error) => logged.push(error) },
		});
		app.exceptionHandler(
			Error,
			() => new JSONResponse({ sorry: true }, { status: 500 }),
		);
		const failure = new TypeError("boom");
		app.get("/", () => {
			throw failure;
		});
		const { status, body } = await answerOf(app, "GET", "/");
		assert.equal(status, 500);
		assert.deepEqual(body, { sorry: true });
		assert.deepEqual(logged, [failure]);
	});

	test("that fails itself leaves a 500 and both errors in the log", async () => {
		const logged: unknown[] = [];
		const app = new App({
			logger: { ...silent, error: (_, error) => logged.push(error) },
		});
		const second = new Error("in the handler");
		app.exceptionHandler(Error, () => {
			throw second;
		});
		app.get("/", () => {
			throw new Error("first");
		});
		assert.equal((await answerOf(app, "GET", "/")).status, 500);
		assert.equal(logged.length, 2);
		assert.equal(logged[1], second);
	});
});

describe("middleware", () => {
	test("stands around the app, the first added outermost, and sees handled errors as responses", async () => {
		const app = new App();
		const seen: string[] = [];
		app.use(async (request, next) => {
			seen.push("first");
			const response = await next(request);
			seen.push(`first ${response.status}`);
			response.headers.set("x-first", "1");
			return response;
		});
		app.use(async (request, next) => {
			seen.push("second");
			const response = await next(request);
			seen.push(`second ${response.status}`);
			return response;
		});
		const { status, headers } = await answerOf(app, "GET", "/nothing");
		assert.equal(status, 404);
		assert.equal(headers.get("x-first"), "1");
		assert.deepEqual(seen, ["first", "second", "second 404", "first 404"]);
	});

	test("sees an unhandled error as a rejection and may answer it", async () => {
		const app = new App({ logger: silent });
		app.use(async (request, next) => {
			try {
				return await next(request);
			} catch {
				return new PlainTextResponse("caught", { status: 503 });
			}
		});
		app.get("/", () => {
			throw new Error("boom");
		});
		assert.equal((await answerOf(app, "GET", "/")).status, 503);
	});

	test("that returns no response is a clear error", async () => {
		const logged: unknown[] = [];
		const app = new App({
			logger: { ...silent, error: (_, error) => logged.push(error) },
		});
		app.use(async function forgetful() {} as never);
		assert.equal((await answerOf(app, "GET", "/")).status, 500);
		assert.match(String(logged[0]), /middleware "forgetful" must return/);
	});
});
