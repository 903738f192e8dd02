import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { compileSchema } from "../../../src/schema/compile-schema.ts";
import { describeSchema } from "../../../src/schema/document/describe-schema.ts";
import { toJsonSchema } from "../../../src/schema/document/to-json-schema.ts";
import { BuiltInSchema } from "../../../src/schema/library/built-in/built-in-schema.ts";

function listIn(item: StandardSchemaV1, name?: string): StandardSchemaV1 {
	return new BuiltInSchema({
		kind: "object",
		fields: {
			items: new BuiltInSchema({ kind: "list", items: item, options: {} }),
			total: new BuiltInSchema({
				kind: "integer",
				options: { minimum: 0, isNullable: true, default: null },
			}),
		},
		options: { name: () => name },
	});
}

const isoDate = z.codec(z.iso.datetime(), z.date(), {
	decode: (text) => new Date(text),
	encode: (date) => date.toISOString(),
});
const at = new Date(0);

suite("a list of another library's schema", () => {
	const encoded: [title: string, StandardSchemaV1, unknown, unknown][] = [
		[
			"Zod: dates, unknown fields, absent nulls",
			z.object({ at: z.date(), note: z.string().nullish() }),
			{ at, secret: 1 },
			{ at: "1970-01-01T00:00:00Z", note: null },
		],
		[
			"Zod: a codec runs backwards",
			z.object({ at: isoDate }),
			{ at },
			{ at: at.toISOString() },
		],
		[
			"Zod: an asynchronous check",
			z.string().refine(async (text) => text !== ""),
			"a",
			"a",
		],
		[
			"Zod: an object that takes more",
			z.looseObject({ id: z.int() }),
			{ id: 1, more: 2 },
			{ id: 1, more: 2 },
		],
		[
			"Valibot: dates, unknown fields",
			v.object({ at: v.date() }),
			{ at, secret: 1 },
			{ at: "1970-01-01T00:00:00Z" },
		],
		[
			"ArkType: dates, unknown fields",
			type({ at: "Date" }),
			{ at, secret: 1 },
			{ at: "1970-01-01T00:00:00Z" },
		],
	];
	for (const [title, schema, item, expected] of encoded) {
		test(`encodes each item as it is encoded alone. ${title}`, async () => {
			const compiled = compileSchema(listIn(schema));
			assert.deepEqual(
				await compiled.encode({ items: [item, item], total: 2, secret: 1 }, []),
				{ value: { items: [expected, expected], total: 2 } },
			);
		});
	}

	test("says of each wrong item where it is and what the library says", async () => {
		const compiled = compileSchema(listIn(z.object({ id: z.int() })));
		const { errors = [] } = await compiled.encode(
			{ items: [{ id: 1 }, { id: "x" }, {}], total: -1 },
			["response"],
		);
		assert.deepEqual(
			errors.map(({ type, loc }) => [type, ...loc].join(" ")),
			[
				"int_parsing response items 1 id",
				"missing response items 2 id",
				"greater_than_equal response total",
			],
		);
	});

	for (const [value, type] of [
		[null, "model_attributes_type"],
		[{ items: {} }, "list_type"],
	] as const) {
		test(`refuses ${JSON.stringify(value)}`, async () => {
			const { errors } = await compileSchema(listIn(z.int())).encode(value, []);
			assert.equal(errors?.[0]?.type, type);
		});
	}

	test("is read as a body too, with what is absent filled in", async () => {
		const compiled = compileSchema(listIn(z.object({ id: z.int() })));
		assert.equal(compiled.kind, "object");
		assert.deepEqual(
			await compiled.parseJson({ items: [{ id: 1, more: 2 }] }, []),
			{ value: { items: [{ id: 1 }], total: null } },
		);
		const { errors = [] } = await compiled.parseJson({ total: 1.5 }, ["body"]);
		assert.deepEqual(
			errors.map(({ type, loc }) => [type, ...loc].join(" ")),
			["missing body items", "int_from_float body total"],
		);
	});

	test("keeps a model as a reference, and has a name of its own", () => {
		const Item = z.object({ id: z.int() }).meta({ id: "Item" });
		const schema = listIn(Item, "Page[Item]");
		assert.deepEqual(describeSchema(schema, "output").schema, {
			$ref: "#/$defs/Page[Item]",
		});
		assert.deepEqual(toJsonSchema(schema, "output"), {
			properties: {
				items: {
					type: "array",
					items: { $ref: "#/$defs/Item" },
					title: "Items",
				},
				total: {
					anyOf: [{ type: "integer", minimum: 0 }, { type: "null" }],
					title: "Total",
				},
			},
			type: "object",
			required: ["items"],
			title: "Page[Item]",
			$defs: {
				Item: {
					title: "Item",
					type: "object",
					properties: { id: { type: "integer", title: "Id" } },
					required: ["id"],
				},
			},
		});
	});

	test("names what of an item has no JSON Schema", () => {
		const item = z.object({ symbol: z.symbol() });
		assert.deepEqual(describeSchema(listIn(item), "output").undocumented, [
			"items[].symbol",
		]);
	});
});
