import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import * as mini from "zod/mini";
import { App, Header, Query } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** The same declarations in each library's words. */
interface Declared {
	readonly id: StandardSchemaV1<unknown, number>;
	readonly limit: StandardSchemaV1<unknown, number>;
	readonly tags: StandardSchemaV1<unknown, readonly string[]>;
	readonly flag: StandardSchemaV1<unknown, boolean>;
	readonly item: StandardSchemaV1<unknown, unknown>;
	readonly answer: StandardSchemaV1<unknown, unknown>;
}

const libraries: Readonly<Record<string, Declared>> = {
	Zod: {
		id: z.int(),
		limit: z.int().default(10),
		tags: z.array(z.string()),
		flag: z.boolean(),
		item: z.object({ name: z.string().min(2), price: z.number() }),
		answer: z.object({ name: z.string() }),
	},
	Valibot: {
		id: toStandardJsonSchema(v.pipe(v.number(), v.integer())),
		limit: toStandardJsonSchema(
			v.optional(v.pipe(v.number(), v.integer()), 10),
		),
		tags: toStandardJsonSchema(v.array(v.string())),
		flag: toStandardJsonSchema(v.boolean()),
		item: toStandardJsonSchema(
			v.object({
				name: v.pipe(v.string(), v.minLength(2)),
				price: v.number(),
			}),
		),
		answer: toStandardJsonSchema(v.object({ name: v.string() })),
	},
	"Valibot without an adapter": {
		id: v.pipe(v.number(), v.integer()),
		limit: v.optional(v.pipe(v.number(), v.integer()), 10),
		tags: v.array(v.string()),
		flag: v.boolean(),
		item: v.object({
			name: v.pipe(v.string(), v.minLength(2)),
			price: v.number(),
		}),
		answer: v.object({ name: v.string() }),
	},
	"Zod mini": {
		id: mini.int(),
		limit: mini._default(mini.int(), 10),
		tags: mini.array(mini.string()),
		flag: mini.boolean(),
		item: mini.object({
			name: mini.string().check(mini.minLength(2)),
			price: mini.number(),
		}),
		answer: mini.object({ name: mini.string() }),
	},
	ArkType: {
		id: type("number.integer"),
		limit: type("number.integer").default(10) as never, // ArkType gives the default a type of its own
		tags: type("string[]"),
		flag: type("boolean"),
		item: type({ name: "string >= 2", price: "number" }),
		answer: type({ name: "string" }),
	},
};

for (const [library, declared] of Object.entries(libraries)) {
	const isArkType = library === "ArkType";

	function makeApp(): App {
		const app = new App();
		app.post(
			{ path: "/items/{id}", response: declared.answer },
			{
				id: declared.id,
				// a default is no schema of its own in ArkType, so the parameter is always given there
				limit: isArkType ? type("number.integer") : declared.limit,
				tags: Query(declared.tags),
				x_flag: Header(declared.flag),
				item: declared.item,
			},
			(values) => ({ name: JSON.stringify(values), secret: 1 }),
		);
		return app;
	}

	describe(`schemas of ${library}`, () => {
		test("convert and validate what a request brings, and filter the answer", async () => {
			await using client = await TestClient.start(makeApp());
			const response = await client.post("/items/3", {
				query: { tags: ["a", "b"], ...(isArkType && { limit: 10 }) },
				headers: { "x-flag": "yes" },
				json: { name: "Foo", price: "3.5" },
			});
			const body = (await response.json()) as { name: string };
			assert.equal(response.status, 200, JSON.stringify(body));
			assert.deepEqual(Object.keys(body), ["name"]);
			assert.deepEqual(JSON.parse(body.name), {
				id: 3,
				limit: 10,
				tags: ["a", "b"],
				x_flag: true,
				item: { name: "Foo", price: 3.5 },
			});
		});

		test("refuse in FastAPI's words", async () => {
			await using client = await TestClient.start(makeApp());
			const response = await client.post("/items/x", {
				query: { limit: "y" },
				headers: { "x-flag": "perhaps" },
				json: { name: "F" },
			});
			assert.equal(response.status, 422);
			const { detail } = (await response.json()) as {
				detail: { type: string; loc: unknown; msg: string }[];
			};
			assert.deepEqual(
				detail.map(({ type, loc, msg }) => [type, loc, msg]),
				[
					[
						"int_parsing",
						["path", "id"],
						"Input should be a valid integer, unable to parse string as an integer",
					],
					[
						"int_parsing",
						["query", "limit"],
						"Input should be a valid integer, unable to parse string as an integer",
					],
					["missing", ["query", "tags"], "Field required"],
					[
						"bool_parsing",
						["header", "x-flag"],
						"Input should be a valid boolean, unable to interpret input",
					],
					[
						"string_too_short",
						["body", "name"],
						"String should have at least 2 characters",
					],
					["missing", ["body", "price"], "Field required"],
				],
			);
		});

		test("are documented", () => {
			const document = makeApp().openapi();
			const operation = document.paths["/items/{id}"]?.post as {
				parameters: { name: string; schema: unknown }[];
			};
			assert.deepEqual(
				Object.fromEntries(
					operation.parameters.map(({ name, schema }) => [name, schema]),
				).id,
				{ type: "integer", title: "Id" },
			);
		});
	});
}
