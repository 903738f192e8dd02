import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as v from "valibot";
import { z } from "zod";
import * as zm from "zod/mini";
import { App, Body } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

// of what a schema contains itself twice, each level doubled the work: these ended in no lifetime

const Model: z.ZodType = z.union([
	z.object({ a: z.lazy(() => Model) }),
	z.object({ a: z.lazy(() => Model), b: z.string().nullish() }),
	z.int(),
]);
const MiniModel: zm.ZodMiniType = zm.union([
	zm.object({ a: zm.lazy(() => MiniModel) }),
	zm.object({ a: zm.lazy(() => MiniModel), b: zm.nullish(zm.string()) }),
	zm.int(),
]);
const ValibotModel: v.GenericSchema = v.union([
	v.object({ a: v.lazy(() => ValibotModel) }),
	v.object({ a: v.lazy(() => ValibotModel), b: v.nullish(v.string()) }),
	v.number(),
]);
const Secret: z.ZodType = z.union([
	z.object({
		a: z.lazy(() => Secret),
		key: z.string().meta({ format: "password" }).nullish(),
	}),
	z.object({ a: z.lazy(() => Secret), b: z.string().nullish() }),
	z.int(),
]);
const Expression: z.ZodType = z.union([
	z.tuple([z.literal("neg"), z.lazy(() => Expression)]),
	z.tuple([z.literal("abs"), z.lazy(() => Expression)]),
	z.int(),
]);
const ValibotExpression: v.GenericSchema = v.union([
	v.tuple([v.literal("neg"), v.lazy(() => ValibotExpression)]),
	v.tuple([v.literal("abs"), v.lazy(() => ValibotExpression)]),
	v.number(),
]);

function nested(open: string, close: string, leaf: string): string {
	return `${open.repeat(190)}${leaf}${close.repeat(190)}`;
}

suite("unions that contain themselves", () => {
	const object = ['{"a":', "}"] as const;
	const tuple = ['["abs",', "]"] as const;
	const cases = {
		Zod: [Model, object],
		"Zod mini": [MiniModel, object],
		Valibot: [ValibotModel, object],
		"secrets within": [Secret, object],
		"Zod tuples": [Expression, tuple],
		"Valibot tuples": [ValibotExpression, tuple],
	} as const;
	for (const [name, [schema, [open, close]]] of Object.entries(cases)) {
		test(`are read once at each place of a deep body: ${name}`, async () => {
			const app = new App();
			app.post("/", { value: Body(schema) }, ({ value }) => value);
			await using client = await TestClient.start(app);
			const headers = { "content-type": "application/json" };
			const ask = (leaf: string) =>
				client.post("/", { headers, body: nested(open, close, leaf) });
			const taken = await ask("1");
			assert.equal(taken.status, 200);
			assert.ok((await taken.text()).startsWith(nested(open, "", "1")));
			const refused = await ask('"x"');
			const text = await refused.text();
			assert.equal(refused.status, 422, text);
			assert.ok(JSON.parse(text).detail.length <= 101);
			assert.ok(text.length < 400_000, `${text.length}`);
		});
	}

	test("take the member with most fields at each level, and convert", async () => {
		const app = new App();
		app.post("/", { value: Body(Model) }, ({ value }) => value);
		await using client = await TestClient.start(app);
		const json = { a: { a: { a: "5", b: "x" } } };
		const response = await client.post("/", { json });
		assert.deepEqual(await response.json(), { a: { a: { a: 5, b: "x" } } });
	});

	test("have a name in the place of a problem that ends", async () => {
		const Json: z.ZodType = z.union([
			z.int(),
			z.array(z.lazy(() => Json)),
			z.record(
				z.string(),
				z.lazy(() => Json),
			),
		]);
		const app = new App();
		app.post("/", { value: Body(Json) }, () => 1);
		await using client = await TestClient.start(app);
		const response = await client.post("/", { json: "x" });
		assert.equal(response.status, 422);
		const { detail } = (await response.json()) as {
			detail: { type: string; loc: string[] }[];
		};
		assert.deepEqual(
			detail.map(({ type, loc }) => [type, ...loc]),
			[
				["int_parsing", "body", "int"],
				["list_type", "body", "list[union[int,list[...],dict[str,...]]]"],
				["dict_type", "body", "dict[str,union[int,list[...],dict[str,...]]]"],
			],
		);
	});
});
