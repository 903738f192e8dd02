import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import type { PathOperation } from "../../src/app/path-operation.ts";
import {
	App,
	dependency,
	HTMLResponse,
	JSONResponse,
	Response,
	Router,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const silent = { error() {}, warn() {}, info() {} };
const quiet = { throwServerErrors: false };

async function bodyOf(client: TestClient, path: string): Promise<unknown> {
	return (await client.get(path)).json();
}

/** The responses that the document names for `GET path`. */
function responsesOf(app: App, path: string): Record<string, unknown> {
	const operation = app.openapi().paths[path]?.get as {
		responses: Record<string, unknown>;
	};
	return operation.responses;
}

const model = (name: string) => ({
	"application/json": { schema: { $ref: `#/components/schemas/${name}` } },
});

const User = z.object({ name: z.string(), surname: z.string() });
const Item = z.object({ name: z.string(), price: z.number() });
const stored = { name: "John", surname: "Doe", password_hash: "secret" };

describe("a response schema", () => {
	test("lets through what it names, at any depth, in lists and in unions", async () => {
		const Owner = z.object({ email: z.string() });
		const Pet = z.object({ name: z.string(), owner: Owner });
		const pet = { name: "Nibbler", owner: { email: "a@b.c", hash: "x" } };
		const shown = { name: "Nibbler", owner: { email: "a@b.c" } };
		const app = new App();
		app.get({ path: "/pet", response: Pet }, () => pet);
		app.get({ path: "/pets", response: z.array(Pet) }, () => [pet, pet]);
		app.get({ path: "/by-name", response: z.record(z.string(), Pet) }, () => ({
			first: pet,
		}));
		app.get({ path: "/user", response: z.union([User, Item]) }, () => stored);
		app.get({ path: "/item", response: z.union([User, Item]) }, () => ({
			name: "Foo",
			price: 42,
		}));
		await using client = await TestClient.start(app);
		assert.deepEqual(await bodyOf(client, "/pet"), shown);
		assert.deepEqual(await bodyOf(client, "/pets"), [shown, shown]);
		assert.deepEqual(await bodyOf(client, "/by-name"), { first: shown });
		assert.deepEqual(await bodyOf(client, "/user"), {
			name: "John",
			surname: "Doe",
		});
		assert.deepEqual(await bodyOf(client, "/item"), { name: "Foo", price: 42 });
	});

	test("fills in defaults, also those that a function makes", async () => {
		const Result = z.object({
			code: z.int().default(200),
			message: z.string().default(() => "Successful operation."),
		});
		const app = new App();
		app.get({ path: "/", response: Result }, () => ({ code: 201 }));
		await using client = await TestClient.start(app);
		assert.deepEqual(await bodyOf(client, "/"), {
			code: 201,
			message: "Successful operation.",
		});
	});

	test("takes an instance of a class for its fields", async () => {
		class StoredUser {
			readonly name = "John";
			readonly passwordHash = "secret";
			get surname() {
				return "Doe";
			}
		}
		const app = new App();
		app.get({ path: "/", response: User }, () => new StoredUser());
		await using client = await TestClient.start(app);
		assert.deepEqual(await bodyOf(client, "/"), {
			name: "John",
			surname: "Doe",
		});
	});

	test("refuses a response that is no schema, before it serves", () => {
		assert.throws(
			() =>
				new App().get(
					{ path: "/", response: { name: "string" } as never },
					() => 1 as never,
				),
			/VIV_SCHEMA: GET \/: response is no schema/,
		);
	});

	test("answers 500 for a result that does not fit, with nothing of it in the answer", async () => {
		const logged: unknown[] = [];
		const app = new App({
			logger: {
				...silent,
				error: (_message: string, error: unknown) => void logged.push(error),
			},
		});
		const wrong: Record<string, () => never> = {
			"/missing": () => ({ name: "John" }) as never,
			"/other": () => ({ name: "Foo", price: 42 }) as never,
			"/nothing": () => undefined as never,
		};
		for (const [path, handler] of Object.entries(wrong)) {
			app.get({ path, response: User }, handler);
		}
		app.get({ path: "/items", response: z.array(Item) }, () => {
			const items = [{ name: "Foo" }, { name: "Bar", price: "2" }];
			return items as never;
		});
		await using client = await TestClient.start(app, quiet);
		for (const path of [...Object.keys(wrong), "/items"]) {
			const response = await client.get(path);
			assert.equal(response.status, 500, path);
			assert.equal(await response.text(), "Internal Server Error");
		}
		assert.equal(logged.length, 4);
		assert.match(String(logged[0]), /surname/);
		assert.match(String(logged[2]), /GET \/nothing, which returned nothing/);
	});

	test("does not look at a response that the handler made itself", async () => {
		const app = new App();
		app.get({ path: "/", response: User }, () => new JSONResponse("free"));
		await using client = await TestClient.start(app);
		assert.equal(await bodyOf(client, "/"), "free");
	});
});

describe("the fields of an answer", () => {
	const Model1 = z.object({ foo: z.string(), bar: z.string() });
	const Model2 = z.object({ ref: Model1, baz: z.string() });
	const Model3 = z.object({ name: z.string(), age: z.int(), ref2: Model2 });
	const inner = { ref: { foo: "f", bar: "b" }, baz: "z" };

	test("are included and excluded by name at any depth", async () => {
		const app = new App();
		app.get(
			{
				path: "/include",
				response: Model2,
				include: { baz: true, ref: ["foo"] },
			},
			() => inner,
		);
		app.get(
			{ path: "/exclude", response: Model2, exclude: { ref: ["bar"] } },
			() => inner,
		);
		app.get(
			{
				path: "/both",
				response: Model3,
				include: ["ref2", "name"],
				exclude: { ref2: { baz: true } },
			},
			() => ({ name: "n", age: 3, ref2: inner }),
		);
		app.get(
			{
				path: "/list",
				response: z.array(Model2),
				exclude: { ref: true },
			},
			() => [inner, inner],
		);
		await using client = await TestClient.start(app);
		const shown = { ref: { foo: "f" }, baz: "z" };
		assert.deepEqual(await bodyOf(client, "/include"), shown);
		assert.deepEqual(await bodyOf(client, "/exclude"), shown);
		assert.deepEqual(await bodyOf(client, "/both"), {
			name: "n",
			ref2: { ref: { foo: "f", bar: "b" } },
		});
		assert.deepEqual(await bodyOf(client, "/list"), [
			{ baz: "z" },
			{ baz: "z" },
		]);
	});

	test("that were not set are left out at any depth and in lists", async () => {
		const Sub = z.object({ a: z.string().default("A") });
		const Whole = z.object({
			x: z.int().nullish(),
			y: z.int().default(3),
			sub: Sub,
			subs: z.array(Sub).default([]),
		});
		const app = new App();
		app.get({ path: "/", response: Whole, excludeUnset: true }, () => ({
			sub: {},
			subs: [{ a: "B" }, {}],
		}));
		await using client = await TestClient.start(app);
		assert.deepEqual(await bodyOf(client, "/"), {
			sub: {},
			subs: [{ a: "B" }, {}],
		});
	});
});

describe("a status", () => {
	test("can be set by a dependency of a dependency", async () => {
		const setter = dependency({ response: Response }, ({ response }) => {
			response.status = 201;
		});
		const parent = dependency({ setter }, ({ setter }) => setter);
		const app = new App();
		app.get({ path: "/", dependencies: [parent] }, () => "ok");
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(response.status, 201);
		assert.equal(await response.json(), "ok");
	});

	test("without a body sends none, whatever the handler returns", async () => {
		const app = new App();
		app.get({ path: "/", status: 204 }, () => ({ left: "out" }));
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(response.status, 204);
		assert.equal(await response.text(), "");
		assert.equal(response.headers.get("content-length"), null);
		assert.deepEqual(responsesOf(app, "/"), {
			"204": { description: "Successful Response" },
		});
	});

	test("that replaces one without a body brings the body back", async () => {
		const app = new App();
		app.delete(
			{ path: "/{id}", status: 204 },
			{ id: z.int(), response: Response },
			({ id, response }) => {
				response.status = 400;
				return { message: "overwritten", id };
			},
		);
		await using client = await TestClient.start(app);
		const response = await client.delete("/1");
		assert.equal(response.status, 400);
		assert.deepEqual(await response.json(), { message: "overwritten", id: 1 });
	});

	test("that is set to one without a body takes the body away", async () => {
		const app = new App();
		app.get("/", { response: Response }, ({ response }) => {
			response.status = 204;
			return "left out";
		});
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(response.status, 204);
		assert.equal(await response.text(), "");
	});
});

class JsonApiResponse extends JSONResponse {
	static override readonly mediaType = "application/vnd.api+json";
}

describe("further responses in the document", () => {
	const Failure = z.object({ title: z.string() }).meta({ id: "Failure" });

	test("have the media type of the route's own response, JSON where that has none", () => {
		const app = new App();
		const responses = { 500: { description: "Error", schema: Failure } };
		app.get({ path: "/plain", responseClass: Response, responses }, () => null);
		app.get({ path: "/json", responses }, () => null);
		app.get(
			{ path: "/api", responseClass: JsonApiResponse, responses },
			() => null,
		);
		const error = { description: "Error", content: model("Failure") };
		const success = { description: "Successful Response" };
		assert.deepEqual(responsesOf(app, "/plain"), { 200: success, 500: error });
		assert.deepEqual(responsesOf(app, "/json"), {
			200: { ...success, content: { "application/json": { schema: {} } } },
			500: error,
		});
		assert.deepEqual(responsesOf(app, "/api"), {
			200: {
				...success,
				content: { "application/vnd.api+json": { schema: {} } },
			},
			500: {
				description: "Error",
				content: {
					"application/vnd.api+json": {
						schema: { $ref: "#/components/schemas/Failure" },
					},
				},
			},
		});
	});

	test("may be of any schema, of a range and the default", () => {
		const app = new App();
		app.get(
			{
				path: "/a",
				responses: {
					400: { description: "Bad" },
					"5xx": { schema: z.array(z.int()) },
					default: { schema: Failure },
				},
			},
			function a() {},
		);
		const { 200: _, ...further } = responsesOf(app, "/a");
		assert.deepEqual(further, {
			400: { description: "Bad" },
			"5XX": {
				description: "Server Error",
				content: {
					"application/json": {
						schema: {
							type: "array",
							items: { type: "integer" },
							title: "Response 5Xx A A Get",
						},
					},
				},
			},
			default: {
				description: "Default Response",
				content: model("Failure"),
			},
		});
	});

	test("say 204 without content, and replace the 422 that is there by itself", () => {
		const app = new App();
		app.get(
			{
				path: "/a",
				responses: {
					204: { description: "Nothing there" },
					422: { description: "Own words", schema: Failure },
				},
			},
			{ q: z.string() },
			() => null,
		);
		const { 200: _, ...further } = responsesOf(app, "/a");
		assert.deepEqual(further, {
			204: { description: "Nothing there" },
			422: { description: "Own words", content: model("Failure") },
		});
		assert.deepEqual(Object.keys(app.openapi().components?.schemas ?? {}), [
			"Failure",
		]);
	});
});

test("the response class of the innermost that names one counts", async () => {
	const level = (name: string): NonNullable<PathOperation["responseClass"]> =>
		class extends JSONResponse {
			static override readonly mediaType = `application/x-${name}`;
		};
	const app = new App({ responseClass: level("app") });
	app.get("/app", () => "ok");
	const plain = new Router();
	plain.get("/plain", () => "ok");
	plain.get({ path: "/own", responseClass: level("route") }, () => "ok");
	const router = new Router({ responseClass: level("router") });
	router.get("/router", () => "ok");
	app.include(plain);
	app.include(plain, {
		prefix: "/included",
		responseClass: level("include"),
	});
	app.include(router, {
		prefix: "/included",
		responseClass: level("include"),
	});
	await using client = await TestClient.start(app);
	const expected = {
		"/app": "app",
		"/plain": "app",
		"/own": "route",
		"/included/plain": "include",
		"/included/own": "route",
		"/included/router": "router",
	};
	for (const [path, name] of Object.entries(expected)) {
		const type = `application/x-${name}`;
		const { headers } = await client.get(path);
		assert.equal(headers.get("content-type"), type, path);
		const { 200: success } = responsesOf(app, path) as {
			200: { content: object };
		};
		assert.deepEqual(Object.keys(success.content), [type], path);
	}
});

test("a generator is refused by a class that sends one value", () => {
	for (const responseClass of [JSONResponse, HTMLResponse]) {
		const app = new App({ responseClass });
		assert.throws(
			() =>
				app.get("/", function* () {
					yield "a";
				}),
			new RegExp(
				`VIV_RESPONSE: GET /: the handler is a generator, but ${responseClass.name}`,
			),
		);
	}
});
