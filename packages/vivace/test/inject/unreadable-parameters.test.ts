import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import {
	App,
	Body,
	Cookie,
	Form,
	Header,
	type Parameter,
	Path,
	Query,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** A schema of a library that says nothing of its shape. */
const silent: StandardSchemaV1<unknown, unknown> = {
	"~standard": {
		version: 1,
		vendor: "effect",
		validate: (value) => ({ value }),
	},
};

async function startError(declare: (app: App) => void): Promise<string> {
	const app = new App();
	try {
		declare(app);
		await using _client = await TestClient.start(app);
	} catch (error) {
		return String(error);
	}
	return "";
}

test("a text is not read by a schema whose shape is unknown: the error names the adapter", async () => {
	for (const [source, declared] of Object.entries({
		path: Path(silent),
		query: Query(silent),
		header: Header(silent),
		cookie: Cookie(silent),
	})) {
		const error = await startError((app) =>
			app.get(source === "path" ? "/{x}" : "/", { x: declared }, () => 1),
		);
		assert.match(error, /VIV_SCHEMA/);
		assert.ok(
			error.includes(`${source} parameter "x" has a schema of "effect"`),
		);
		assert.match(error, /Schema\.toStandardJSONSchemaV1/);
	}
});

test("a bare schema of unknown shape may be meant as the body: the error says how", async () => {
	const error = await startError((app) =>
		app.post("/", { x: silent }, () => 1),
	);
	assert.match(error, /VIV_SCHEMA.*if it is the body, write Body\(…\)/);
});

test("a body and an answer need no shape", async () => {
	const app = new App();
	app.post({ path: "/", response: silent }, { x: Body(silent) }, ({ x }) => x);
	await using client = await TestClient.start(app);
	const answer = await client.post("/", { json: { a: 1 } });
	assert.deepEqual(await answer.json(), { a: 1 });
});

test("what is nearly a schema is told with what to write", async () => {
	const { z } = await import("zod");
	const nearly: readonly [unknown, RegExp][] = [
		[z.string, /the function "_?string" \(call it: _?string\(\)\)/],
		[String, /is String, which is no schema \(write z\.string\(\)\)/],
		[Number, /write z\.number\(\)/],
	];
	for (const [declared, expected] of nearly) {
		const error = await startError((app) =>
			app.get("/", { x: declared as never }, () => 1),
		);
		assert.match(error, expected);
	}
});

test("a list whose items no text can be is refused, with what to write", async () => {
	const Item = z.object({ a: z.int() });
	const declared: readonly [declared: unknown, words: string][] = [
		[Query(z.array(Item)), 'query parameter "x" is a list of objects'],
		[Query(z.array(Item).nullish()), "Query(z.object({"],
		[Header(z.tuple([z.int(), Item])), "Header(z.object({"],
		[Cookie(z.set(z.array(z.int()))), "is a list of lists"],
		[Form(z.array(z.record(z.string(), z.int()))), "Form(z.object({"],
	];
	for (const [x, words] of declared) {
		const error = await startError((app) =>
			app.post("/", { x } as Record<string, Parameter<unknown>>, () => 1),
		);
		assert.match(error, /VIV_PARAMETER: POST \/: /);
		assert.ok(error.includes(words), error);
	}
});

test("a list of texts that are read as JSON is none of them", async () => {
	const Item = z.object({ a: z.int() });
	const app = new App();
	const parsed = (text: unknown): unknown => JSON.parse(String(text));
	app.get("/", { x: Query(z.array(z.preprocess(parsed, Item))) }, ({ x }) => x);
	await using client = await TestClient.start(app);
	const answer = await client.get("/", { query: { x: '{"a":"1"}' } });
	assert.deepEqual(await answer.json(), [{ a: 1 }]);
});
