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
			{
				title: "FastAPI",
				version: "0.1.0",
				openapiVersion: "3.1.0",
				...app.info,
			},
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
		'Two different schemas have the id "Item" (GET /first: the response; GET /second: the response); the second is documented as "Item2". Give each an id of its own.',
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

function bodyOf(schema: OpenApiSchema): OpenApiOperation["body"] {
	const part = { name: "item", schema, isRequired: true };
	return { parts: [part], isEmbedded: false };
}

test("two different models of one id are told apart, also where one is sent and the other received", () => {
	const Sent = z.object({ a: z.string() }).meta({ id: "User" });
	const Received = z.object({ b: z.string() }).meta({ id: "User" });
	const { document, warnings } = build([
		{
			...plain,
			method: "post",
			path: "/users",
			body: bodyOf(Received),
			response: answering(z.array(Sent)),
		},
	]);
	assert.deepEqual(
		Object.keys(document.components?.schemas ?? {}).filter((name) =>
			name.startsWith("User"),
		),
		["User", "User2"],
	);
	assert.deepEqual(warnings, [
		'Two different schemas have the id "User" (POST /users: "item"; POST /users: the response); the second is documented as "User2". Give each an id of its own.',
	]);
});

test("two different schemas that contain themselves and have no id are told, with both places", () => {
	const Tree: z.ZodType = z.object({
		get children() {
			return z.array(Tree);
		},
	});
	const Chain: z.ZodType = z.object({
		get next() {
			return Chain.nullable();
		},
	});
	const { document, warnings } = build([
		{
			...plain,
			method: "post",
			path: "/trees",
			body: bodyOf(Tree),
			response: answering(Chain),
		},
	]);
	assert.deepEqual(
		Object.keys(document.components?.schemas ?? {}).filter((name) =>
			name.startsWith("Recursive"),
		),
		["Recursive", "Recursive2"],
	);
	assert.deepEqual(warnings, [
		'Two different schemas contain themselves and have no id (POST /trees: "item"; POST /trees: the response); the second is documented as "Recursive2". Give each an id.',
	]);
});

test("both sides of one model, met under different roots, are two sides of one", () => {
	const Visit = z
		.object({ seconds: z.string().transform(Number).pipe(z.number()) })
		.meta({ id: "Visit" });
	const { document, warnings } = build([
		{
			...plain,
			method: "post",
			path: "/visits",
			body: bodyOf(z.array(Visit)),
			response: answering(z.object({ last: Visit, all: z.array(Visit) })),
		},
	]);
	const names = Object.keys(document.components?.schemas ?? {});
	assert.ok(names.includes("Visit-Input") && names.includes("Visit-Output"));
	assert.deepEqual(warnings, []);
});

test("models that differ in the order of their fields alone are one", () => {
	const Node = z.object({ b: z.int(), a: z.int() });
	const One = z.object({ a: z.int(), node: Node }).meta({ id: "One" });
	const Same = z.object({ node: Node, a: z.int() }).meta({ id: "One" });
	const { document, warnings } = build([
		{
			...plain,
			method: "post",
			path: "/",
			body: bodyOf(One),
			response: answering(Same),
		},
	]);
	assert.ok(Object.keys(document.components?.schemas ?? {}).includes("One"));
	assert.deepEqual(warnings, []);
});

test("a stream's items in a document of 3.1 are told of, unless the version was chosen", () => {
	const stream: OpenApiOperation = {
		...plain,
		method: "get",
		path: "/lines",
		response: { ...answering(z.object({})), form: "jsonLines" },
	};
	const { document, warnings } = build([stream]);
	assert.equal(document.openapi, "3.1.0");
	assert.equal(warnings.length, 1);
	assert.match(warnings[0] ?? "", /^GET \/lines: .*openapiVersion: "3\.2\.0"/);
	for (const openapiVersion of ["3.1.0", "3.2.0"]) {
		const told: string[] = [];
		const chosen = buildOpenApi({ ...info, openapiVersion }, [stream], {
			onWarning: (message) => told.push(message),
		});
		assert.equal(chosen.openapi, openapiVersion);
		assert.deepEqual(told, []);
	}
});

test("a document without titles keeps those that say more than a name", () => {
	const Item = z
		.object({
			name: z.string(),
			price: z.number().meta({ title: "Price in cents" }),
			owner: z.object({ first_name: z.string() }),
		})
		.meta({ id: "Item" });
	const Titled = z
		.object({ a: z.int() })
		.meta({ id: "Titled", title: "A model" });
	const { document } = build(
		[
			{
				...plain,
				method: "post",
				path: "/{item_id}",
				parameters: [
					{
						in: "path",
						name: "item_id",
						schema: z.string(),
						isRequired: true,
					},
					{
						in: "query",
						name: "filter",
						isModel: true,
						schema: z.object({ page_size: z.int() }),
						isRequired: false,
					},
				],
				body: {
					isEmbedded: true,
					parts: [
						{ name: "one_item", schema: Item, isRequired: true },
						{ name: "number", schema: z.int(), isRequired: true },
					],
				},
				response: answering(z.array(Titled)),
			},
		],
		{ titles: false },
	);
	const titles = JSON.stringify(document).match(/"title":"[^"]*"/g);
	assert.deepEqual(titles?.sort(), [
		'"title":"A model"',
		'"title":"App"',
		'"title":"Price in cents"',
	]);
});

test("addresses are written as Pydantic writes them", () => {
	const url = "HTTP://example.com";
	const document = buildOpenApi(
		{
			title: "T",
			version: "1",
			contact: { url },
			license: { name: "L", url },
			externalDocs: { url },
			tags: [{ name: "t", externalDocs: { url } }, { name: "u" }],
			servers: [{ url }],
		},
		[],
	);
	const written = "http://example.com/";
	assert.deepEqual(document.info.contact, { url: written });
	assert.deepEqual(document.info.license, { name: "L", url: written });
	assert.deepEqual(document.externalDocs, { url: written });
	assert.deepEqual(document.tags, [
		{ name: "t", externalDocs: { url: written } },
		{ name: "u" },
	]);
	assert.deepEqual(document.servers, [{ url }]);
});
