import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	EventSourceResponse,
	Router,
	ServerSentEvent,
} from "../../src/index.ts";
import { camel } from "../../src/schemas.ts";
import { TestClient, type TestRequest } from "../../src/testing.ts";

/** The answer of an app to one request. */
async function answer(
	app: App,
	method: string,
	path: string,
	request: TestRequest = {},
): Promise<readonly [status: number, text: string]> {
	await using client = await TestClient.start(app);
	const response = await client.request(method, path, request);
	return [response.status, await response.text()];
}

const jsonText = (body: string): TestRequest => ({
	body,
	headers: { "content-type": "application/json" },
});

describe("what docs/guide/from-fastapi.md calls different on purpose", () => {
	test("a decimal is a text with a pattern, from a number too", async () => {
		const Price = z.preprocess(
			(value) => (typeof value === "number" ? String(value) : value),
			z.string().regex(/^\d{1,6}(\.\d{1,2})?$/),
		);
		const Book = z.object({ price: Price });
		const app = new App();
		app.post({ path: "/", response: Book }, { book: Book }, ({ book }) => book);
		const priced = (price: string) =>
			answer(app, "POST", "/", jsonText(`{"price":${price}}`));
		assert.deepEqual(await priced('"1.10"'), [200, '{"price":"1.10"}']);
		assert.deepEqual(await priced("1.5"), [200, '{"price":"1.5"}']);
		assert.deepEqual(await priced("1.10"), [200, '{"price":"1.1"}']);
		assert.equal((await priced('"1.555"'))[0], 422);
	});

	test("a big integer keeps its digits as a bigint, and is refused as an int", async () => {
		const app = new App();
		const digits = "9007199254740993";
		app.post("/big", { body: z.object({ n: z.bigint() }) }, (v) => v.body);
		app.post("/int", { body: z.object({ n: z.int() }) }, (v) => v.body);
		app.post("/number", { body: z.object({ n: z.number() }) }, (v) => v.body);
		const sent = (path: string) =>
			answer(app, "POST", path, jsonText(`{"n":${digits}}`));
		assert.deepEqual(await sent("/big"), [200, `{"n":${digits}}`]);
		assert.equal((await sent("/int"))[0], 422);
		assert.deepEqual(await sent("/number"), [200, '{"n":9007199254740992}']);
	});

	test("z.uuid() holds to the RFC, z.guid() takes what Python takes, and both are documented alike", async () => {
		const app = new App();
		app.get("/uuid", { u: z.uuid() }, ({ u }) => u);
		app.get("/guid", { u: z.guid() }, ({ u }) => u);
		const old = "12345678-1234-1234-1234-123456789abc";
		assert.equal((await answer(app, "GET", `/uuid?u=${old}`))[0], 422);
		assert.deepEqual(await answer(app, "GET", `/guid?u=${old}`), [
			200,
			`"${old}"`,
		]);
		const plain = "550e8400-e29b-41d4-a716-446655440000";
		const forms = [
			plain.replaceAll("-", ""),
			`{${plain}}`,
			`urn:uuid:${plain}`,
		];
		for (const path of ["/uuid", "/guid"]) {
			for (const form of forms) {
				const url = `${path}?u=${encodeURIComponent(form)}`;
				assert.deepEqual(await answer(app, "GET", url), [200, `"${plain}"`]);
			}
		}
		const formats = JSON.stringify(app.openapi()).match(/"format":"uuid"/g);
		assert.equal(formats?.length, 2);
	});

	test("a time has no zone, a length of time no sign", async () => {
		const app = new App();
		app.get("/time", { t: z.iso.time() }, ({ t }) => t);
		app.get("/length", { l: z.iso.duration() }, ({ l }) => l);
		assert.deepEqual(await answer(app, "GET", "/time?t=10:00"), [
			200,
			'"10:00:00"',
		]);
		assert.equal((await answer(app, "GET", "/time?t=10:00Z"))[0], 422);
		assert.equal((await answer(app, "GET", "/length?l=-P1D"))[0], 422);
	});

	test("a text is the number of a literal, but not in a body", async () => {
		const app = new App();
		const Size = z.literal([1, 2]);
		app.get("/", { size: Size }, ({ size }) => size);
		app.post("/", { body: z.object({ size: Size }) }, ({ body }) => body);
		assert.deepEqual(await answer(app, "GET", "/?size=1"), [200, "1"]);
		assert.equal(
			(await answer(app, "POST", "/", jsonText('{"size":"1"}')))[0],
			422,
		);
	});

	test("include and exclude of a list apply to its items", async () => {
		const Item = z.object({ name: z.string(), secret: z.string() });
		const app = new App();
		const response = z.array(Item);
		const items = () => [{ name: "a", secret: "b" }];
		app.get({ path: "/include", response, include: ["name"] }, items);
		app.get({ path: "/exclude", response, exclude: ["secret"] }, items);
		for (const path of ["/include", "/exclude"]) {
			assert.deepEqual(await answer(app, "GET", path), [200, '[{"name":"a"}]']);
		}
	});

	test("NaN is no JSON", async () => {
		const app = new App();
		app.post("/", { x: z.object({ x: z.any() }) }, ({ x }) => x);
		const [status, text] = await answer(
			app,
			"POST",
			"/",
			jsonText('{"x":NaN}'),
		);
		assert.equal(status, 422);
		assert.match(text, /json_invalid/);
	});

	test("the data of an event and an item of a stream are written as all other JSON", async () => {
		const app = new App();
		app.get({ path: "/", responseClass: EventSourceResponse }, function* () {
			yield { a: 1, s: "ä" };
			yield new ServerSentEvent({ data: { a: 1, s: "ä" } });
		});
		const event = 'data: {"a":1,"s":"ä"}\n\n';
		assert.deepEqual(await answer(app, "GET", "/"), [200, event + event]);
	});

	test("two lifespans that yield one name fail the start", async () => {
		const app = new App({
			lifespan: async function* () {
				yield { db: "app's" };
			},
		});
		const router = new Router({
			lifespan: async function* () {
				yield { db: "router's" };
			},
		});
		app.include(router);
		await assert.rejects(
			TestClient.start(app),
			/lifespan of router and lifespan of "Vivace" both yield "db"/,
		);
	});

	test("own names are sent by the schema that has them", async () => {
		const Own = z.object({ list_price: z.number() });
		const Wire = camel(Own);
		const app = new App();
		app.post({ path: "/wire", response: Wire }, { book: Wire }, (v) => v.book);
		app.post({ path: "/own", response: Own }, { book: Wire }, (v) => v.book);
		const json = { listPrice: 3 };
		assert.deepEqual(await answer(app, "POST", "/wire", { json }), [
			200,
			'{"listPrice":3}',
		]);
		assert.deepEqual(await answer(app, "POST", "/own", { json }), [
			200,
			'{"list_price":3}',
		]);
	});
});
