import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { buildOpenApi } from "../../src/openapi/build-openapi.ts";
import type {
	OpenApiOperation,
	OpenApiOptions,
	OpenApiResponse,
	OpenApiSchema,
} from "../../src/openapi/operation.ts";
import { describedApps } from "./apps.ts";

for (const [name, app] of Object.entries(describedApps)) {
	test(`the document of "${name}" equals the one that FastAPI makes for the same API`, async () => {
		const file = new URL(`expected/${name}.json`, import.meta.url);
		const expected: unknown = JSON.parse(await readFile(file, "utf8"));
		const warnings: string[] = [];
		const document = buildOpenApi(
			{ title: "FastAPI", version: "0.1.0", ...app.info },
			app.operations,
			{ ...app.options, onWarning: (message) => warnings.push(message) },
		);
		assert.deepEqual(JSON.parse(JSON.stringify(document)), expected);
		assert.deepEqual(warnings, []);
	});
}

const info = { title: "App", version: "1" };
const plain = { parameters: [], name: "read" } as const;

function answering(schema?: OpenApiSchema): OpenApiResponse {
	return { status: 200, mediaType: "application/json", form: "json", schema };
}

function build(
	operations: readonly OpenApiOperation[],
	options: OpenApiOptions = {},
) {
	const warnings: string[] = [];
	const document = buildOpenApi(info, operations, {
		onWarning: (message) => warnings.push(message),
		...options,
	});
	return { document, warnings };
}

test("two different models with one id get names of their own and a warning, in a fixed order", () => {
	const First = z.object({ a: z.string() }).meta({ id: "Item" });
	const Second = z.object({ b: z.int() }).meta({ id: "Item" });
	const { document, warnings } = build([
		{
			...plain,
			method: "get",
			path: "/first",
			response: answering(First),
		},
		{
			...plain,
			method: "get",
			path: "/second",
			response: answering(z.object({ both: z.tuple([Second, First]) })),
		},
	]);
	const schemas = document.components?.schemas as Record<string, object>;
	assert.deepEqual(Object.keys(schemas), ["Item", "Item2"]);
	assert.deepEqual(schemas.Item2, {
		type: "object",
		properties: { b: { type: "integer", title: "B" } },
		required: ["b"],
		title: "Item",
	});
	assert.match(JSON.stringify(document.paths), /Item2.*Item"/);
	assert.deepEqual(warnings, [
		'Two different schemas have the id "Item"; one of them is documented as "Item2". Give each an id of its own.',
	]);
});

test("a model of the user named like one of ours gives way", () => {
	const Mine = z.object({ a: z.string() }).meta({ id: "ValidationError" });
	const { document, warnings } = build([
		{
			...plain,
			method: "get",
			path: "/",
			parameters: [
				{ in: "query", name: "q", schema: z.string(), isRequired: true },
			],
			response: answering(Mine),
		},
	]);
	assert.deepEqual(Object.keys(document.components?.schemas ?? {}), [
		"HTTPValidationError",
		"ValidationError",
		"ValidationError2",
	]);
	assert.equal(warnings.length, 1);
});

test("a model whose two sides differ is split, unless the sides are not to be separated", () => {
	const Visit = z
		.object({ seconds: z.string().transform(Number).pipe(z.number()) })
		.meta({ id: "Visit" });
	const operations: readonly OpenApiOperation[] = [
		{
			...plain,
			method: "post",
			path: "/visits",
			body: {
				parts: [{ name: "visit", schema: Visit, isRequired: true }],
				isEmbedded: false,
			},
			response: answering(Visit),
		},
	];
	const names = (options?: OpenApiOptions) =>
		Object.keys(
			build(operations, options).document.components?.schemas ?? {},
		).filter((name) => name.startsWith("Visit"));
	assert.deepEqual(names(), ["Visit-Input", "Visit-Output"]);
	assert.deepEqual(names({ separateInputOutputSchemas: false }), ["Visit"]);
});

test("a field without a JSON Schema leaves the rest of the document whole and is named in a warning", () => {
	const Item = z.object({
		id: z.int(),
		owners: z.array(z.object({ key: z.symbol() })),
	});
	const { document, warnings } = build([
		{ ...plain, method: "get", path: "/items", response: answering(Item) },
	]);
	assert.match(JSON.stringify(document), /"id":\{"type":"integer"/);
	assert.deepEqual(warnings, [
		'GET /items: the response, "owners[].key" has no JSON Schema and is documented as anything; its schema still validates.',
	]);
});

test("an operation id that is taken twice is named in a warning", () => {
	const operation = { ...plain, method: "get", response: answering() };
	const { warnings } = build([
		{ ...operation, path: "/a", operationId: "same" },
		{ ...operation, path: "/b", operationId: "same" },
	]);
	assert.deepEqual(warnings, [
		'GET /b: the operation id "same" is taken by another operation; give one of them an operationId of its own.',
	]);
});

test("names that mean something to JavaScript are only names", () => {
	const { document } = build([
		{
			...plain,
			method: "get",
			path: "__proto__",
			response: answering(),
			openapiExtra: JSON.parse('{"__proto__": {"polluted": true}}'),
		},
	]);
	assert.ok(Object.hasOwn(document.paths, "__proto__"));
	assert.equal("polluted" in {}, false);
});

test("a schema without JSON Schema is anything", () => {
	const schema: StandardSchemaV1<string> = {
		"~standard": {
			version: 1,
			vendor: "own",
			validate: (value) => ({ value: String(value) }),
		},
	};
	const { document, warnings } = build([
		{ ...plain, method: "get", path: "/", response: answering(schema) },
	]);
	const operation = document.paths["/"]?.get as {
		responses: Record<string, unknown>;
	};
	assert.deepEqual(operation.responses["200"], {
		description: "Successful Response",
		content: {
			"application/json": { schema: { title: "Response Read  Get" } },
		},
	});
	assert.match(warnings[0] ?? "", /^GET \/: the response has no JSON Schema/);
});

test("values in examples are written as JSON writes them, nulls are left out", () => {
	const at = new Date(0);
	const { document } = build([
		{
			...plain,
			method: "get",
			path: "/",
			response: answering(
				z.any().meta({
					title: "T",
					examples: [{ at, big: 1n, set: new Set([1]), none: null }],
				}),
			),
		},
	]);
	assert.match(
		JSON.stringify(document),
		/"examples":\[\{"at":"1970-01-01T00:00:00Z","big":1,"set":\[1\]\}\]/,
	);
});

test("a schema that is JSON Schema stands in the document as it is", () => {
	const { document } = build([
		{
			...plain,
			method: "get",
			path: "/",
			parameters: [
				{
					in: "query",
					name: "q",
					schema: { type: "string" },
					isRequired: true,
				},
			],
			response: answering({ $ref: "https://example.com/item.json" }),
		},
	]);
	const text = JSON.stringify(document);
	assert.match(text, /"schema":\{"type":"string","title":"Q"\}/);
	assert.match(text, /"schema":\{"\$ref":"https:\/\/example.com\/item.json"\}/);
});
