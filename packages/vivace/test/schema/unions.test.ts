import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import * as mini from "zod/mini";
import { compileSchema } from "../../src/schema/compile-schema.ts";

const Priced = z.object({ price: z.int() });
const Named = z.object({ name: z.string().nullish() });

const schemas: Readonly<Record<string, StandardSchemaV1>> = {
	zod: z.union([Named, Priced]),
	"zod, refined": z.union([Named, Priced]).refine(() => true),
	"zod, asynchronous": z.union([Named.refine(async () => true), Priced]),
	"zod mini": mini.union([
		mini.object({ name: mini.nullish(mini.string()) }),
		mini.object({ price: mini.int() }),
	]),
	valibot: v.union([
		v.object({ name: v.nullish(v.string()) }),
		v.object({ price: v.pipe(v.number(), v.integer()) }),
	]),
	"valibot, in a pipe": v.pipe(
		v.union([
			v.object({ name: v.nullish(v.string()) }),
			v.object({ price: v.pipe(v.number(), v.integer()) }),
		]),
		v.check(() => true),
	),
	arktype: type({ "name?": "string | null" }).or({ price: "number.integer" }),
};

suite("a union of objects is the member with the most fields set, as in Pydantic's smart mode", () => {
	for (const [library, schema] of Object.entries(schemas)) {
		test(library, async () => {
			const { parseJson, encode } = compileSchema(schema);
			const read = async (value: unknown) =>
				(await parseJson(value, ["body"])).value;
			const price = { price: 100 };
			assert.deepEqual(await read({ price: 100 }), price);
			// also where it needs conversion
			assert.deepEqual(await read({ price: "100" }), price);
			assert.deepEqual(await read({ name: "a" }), { name: "a" });
			const answer = await encode({ price: 100 }, ["response"]);
			assert.deepEqual(answer.value, price);
		});
	}

	test("at any depth, also of a schema that contains itself", async () => {
		const Node = z.object({
			value: z.union([Named, Priced]),
			get next() {
				return Node.optional();
			},
		});
		const { parseJson } = compileSchema(z.array(Node));
		const given = [
			{ value: { price: "1" }, next: { value: { price: 2, extra: 1 } } },
		];
		assert.deepEqual(await parseJson(given, []), {
			value: [{ value: { price: 1 }, next: { value: { price: 2 } } }],
		});
	});

	test("errors name the members in the order of their declaration", async () => {
		const { errors } = await compileSchema(
			z.union([z.object({ a: z.int() }), z.object({ b: z.int(), c: z.int() })]),
		).parseJson({ b: "x", c: 1 }, []);
		assert.deepEqual(
			errors?.map(({ type: kind, loc }) => [kind, ...loc]),
			[
				["missing", "model", "a"],
				["int_parsing", "model", "b"],
			],
		);
	});

	test("the schema itself stays as it is", async () => {
		const schema = z.union([Named, Priced]);
		await compileSchema(schema).parseJson({ price: 1 }, []);
		assert.deepEqual(schema.parse({ price: 1 }), {});
	});
});

test("a set that is too small counts what is given twice once", async () => {
	const { errors } = await compileSchema(z.set(z.int()).min(2)).parseJson(
		[1, 1],
		["body"],
	);
	assert.equal(
		errors?.[0]?.msg,
		"Set should have at least 2 items after validation, not 1",
	);
});
