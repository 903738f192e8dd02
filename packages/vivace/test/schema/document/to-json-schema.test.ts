import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { toJsonSchema } from "../../../src/schema/document/to-json-schema.ts";

describe("toJsonSchema", () => {
	test("gives a model itself, not a reference to it", () => {
		const Item = z
			.object({ name: z.string(), tags: z.array(z.string()) })
			.meta({ id: "Item" });
		assert.deepEqual(toJsonSchema(Item), {
			type: "object",
			title: "Item",
			properties: {
				name: { type: "string", title: "Name" },
				tags: { type: "array", items: { type: "string" }, title: "Tags" },
			},
			required: ["name", "tags"],
		});
	});

	test("puts the models that it refers to beside it", () => {
		const Part = z.object({ id: z.int() }).meta({ id: "Part" });
		const Whole = z.object({ parts: z.array(Part) }).meta({ id: "Whole" });
		const { title, $defs, properties } = toJsonSchema(Whole);
		assert.equal(title, "Whole");
		assert.deepEqual(Object.keys($defs ?? {}), ["Part"]);
		assert.deepEqual(properties?.parts?.items, { $ref: "#/$defs/Part" });
	});

	test("leaves a model that contains itself among the definitions", () => {
		const Tree = z
			.object({
				get children() {
					return z.array(Tree);
				},
			})
			.meta({ id: "Tree" });
		const { $ref, $defs } = toJsonSchema(Tree);
		assert.equal($ref, "#/$defs/Tree");
		assert.deepEqual(Object.keys($defs ?? {}), ["Tree"]);
	});

	test("describes what goes in or what comes out", () => {
		const Size = z.string().transform(Number).pipe(z.int());
		assert.equal(toJsonSchema(Size).type, "string");
		assert.equal(toJsonSchema(Size, "output").type, "integer");
	});
});
