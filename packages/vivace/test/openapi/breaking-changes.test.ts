import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { App, Depends, type OpenApiDocument } from "../../src/index.ts";
import { breakingChanges } from "../../src/openapi/breaking-changes.ts";
import { httpBearer } from "../../src/security.ts";

function changes(before: App, after: App): string[] {
	return textsOf(before.openapi(), after.openapi());
}

function textsOf(before: OpenApiDocument, after: OpenApiDocument): string[] {
	return breakingChanges(before, after).map(
		({ operation, change }) => `${operation}: ${change}`,
	);
}

/** An app with one POST that takes and gives a schema. */
function taking(body: z.ZodType, response: z.ZodType = z.any()): App {
	const app = new App();
	app.post({ path: "/items", response }, { item: body }, ({ item }) => item);
	return app;
}

function reading(params: Record<string, z.ZodType>, path = "/items"): App {
	const app = new App();
	app.get(path, params as never, () => null);
	return app;
}

const text = z.string();

describe("changes that break clients", () => {
	const requests: [name: string, was: z.ZodType, is: z.ZodType, string[]][] = [
		[
			"a field that is required now",
			z.object({ a: text }),
			z.object({ a: text, b: text }),
			['body: "b" is required now'],
		],
		[
			"a field whose type is another",
			z.object({ list: z.array(z.object({ a: z.number() })) }),
			z.object({ list: z.array(z.object({ a: text })) }),
			["body.list[].a: number is refused now"],
		],
		[
			"fewer values",
			z.object({ a: z.enum(["x", "y"]) }),
			z.object({ a: z.enum(["y", "z"]) }),
			['body.a: "x" is refused now'],
		],
		[
			"null that is not taken any more",
			z.object({ a: text.nullable() }),
			z.object({ a: text }),
			["body.a: null is refused now"],
		],
		[
			"narrower rules",
			z.object({ a: z.int().min(1), b: text }),
			z.object({ a: z.int().min(2).max(9), b: text.regex(/^x/) }),
			[
				"body.a: minimum is narrower now",
				"body.a: maximum is narrower now",
				"body.b: pattern is narrower now",
			],
		],
		[
			"fields that are forbidden now",
			z.object({ a: text, b: text.optional() }),
			z.strictObject({ a: text }),
			['body: "b" is refused now'],
		],
		[
			"a variant that is not taken any more",
			z.union([z.object({ a: text }), z.object({ b: text })]),
			z.union([z.object({ a: text }), z.object({ c: text })]),
			["body: object is refused now"],
		],
	];
	for (const [name, was, is, expected] of requests) {
		it(`of a request: ${name}`, () => {
			assert.deepEqual(
				changes(taking(was), taking(is)),
				expected.map((line) => `POST /items: ${line}`),
			);
		});
	}

	const responses: [name: string, was: z.ZodType, is: z.ZodType, string[]][] = [
		[
			"a field that may be missing now",
			z.object({ a: text, b: text }),
			z.object({ a: text, b: text.optional() }),
			['"b" may be missing now'],
		],
		[
			"a field that is gone",
			z.object({ a: text, b: text }),
			z.object({ a: text }),
			['"b" may be missing now'],
		],
		[
			"another type",
			z.object({ a: z.int() }),
			z.object({ a: z.number() }),
			[".a: may be number now"],
		],
		[
			"more values",
			z.object({ a: z.enum(["x"]) }),
			z.object({ a: z.enum(["x", "y"]) }),
			['.a: may be "y" now'],
		],
		[
			"null",
			z.object({ a: text }),
			z.object({ a: text.nullable() }),
			[".a: may be null now"],
		],
	];
	for (const [name, was, is, expected] of responses) {
		it(`of an answer: ${name}`, () => {
			const any = z.any();
			assert.deepEqual(
				changes(taking(any, was), taking(any, is)),
				expected.map(
					(line) =>
						`POST /items: answer 200${line.startsWith(".") ? "" : ": "}${line}`,
				),
			);
		});
	}

	it("of parameters", () => {
		const was = reading({ a: text.optional(), b: text, c: z.int() });
		const is = reading({ a: text, c: z.int().max(5), d: text.optional() });
		assert.deepEqual(changes(was, is), [
			'GET /items: query parameter "b" is gone: it is ignored now',
			'GET /items: query parameter "a" is required now',
			'GET /items: query parameter "c": maximum is narrower now',
		]);
	});

	it("of operations, methods and credentials", () => {
		const was = new App();
		was.get("/a", () => null);
		was.post("/b", () => null);
		was.get("/c", () => null);
		const is = new App();
		is.get("/b", () => null);
		is.get({ path: "/c", dependencies: [Depends(httpBearer())] }, () => null);
		assert.deepEqual(changes(was, is), [
			"GET /a: is gone",
			"POST /b: is gone",
			"GET /c: credentials are required now",
		]);
	});
});

it("a saved document that is odd is compared as far as it goes", () => {
	const odd = {
		openapi: "3.1.0",
		info: {},
		paths: {
			"/a": null,
			"/b": { get: 7 },
			"/c": {
				get: {
					responses: {
						200: {
							content: { "application/json": { schema: { $ref: "#/%zz/A" } } },
						},
					},
				},
			},
		},
	} as never;
	const now = new App();
	now.get("/c", () => null);
	assert.deepEqual(textsOf(odd, now.openapi()), []);
	assert.deepEqual(textsOf(odd, odd), []);
});

describe("changes that break nobody", () => {
	const Tree: z.ZodType = z.object({
		name: text,
		get children() {
			return z.array(Tree);
		},
	});
	const rows: [name: string, was: App, is: App][] = [
		[
			"another name of a path parameter",
			reading({ id: z.int() }, "/items/{id}"),
			reading({ item_id: z.int() }, "/items/{item_id}"),
		],
		[
			"a parameter that may be given",
			reading({}),
			reading({ a: text.optional() }),
		],
		[
			"a parameter that need not be given any more",
			reading({ a: text }),
			reading({ a: text.optional() }),
		],
		[
			"wider rules, more values, null, another field",
			taking(z.object({ a: z.int().min(5), b: z.enum(["x"]), c: text })),
			taking(
				z.object({
					a: z.number().min(1),
					b: z.enum(["x", "y"]),
					c: text.nullable(),
					d: text.optional(),
				}),
			),
		],
		[
			"an answer with more fields, fewer values, narrower types",
			taking(z.any(), z.object({ a: z.number(), b: z.enum(["x", "y"]) })),
			taking(z.any(), z.object({ a: z.int(), b: z.literal("x"), c: text })),
		],
		["schemas that contain themselves", taking(Tree, Tree), taking(Tree, Tree)],
		[
			"one more variant",
			taking(z.union([z.object({ a: text }), text])),
			taking(z.union([z.object({ a: text }), text, z.int()])),
		],
	];
	for (const [name, was, is] of rows) {
		it(name, () => {
			assert.deepEqual(changes(was, is), []);
			assert.deepEqual(changes(was, was), []);
		});
	}

	it("a path parameter's new name does not hide that its type has changed", () => {
		assert.deepEqual(
			changes(
				reading({ id: text }, "/items/{id}"),
				reading({ item_id: z.int() }, "/items/{item_id}"),
			),
			['GET /items/{id}: path parameter "item_id": string is refused now'],
		);
	});
});
