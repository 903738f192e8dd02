import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { compileSchema } from "../../../src/schema/compile-schema.ts";

const Tag = z.object({ id: z.int(), note: z.string().nullish() });

const Item = z.object({
	name: z.string(),
	note: z.string().nullish(),
	size: z.number().optional(),
	tax: z.number().nullable().default(10.5),
	tag: Tag.nullish(),
	tags: z.array(Tag).default([]),
	byName: z.record(z.string(), Tag).default({}),
	kind: z.union([z.object({ a: z.int() }), Tag]).optional(),
});

const complete = {
	name: "Foo",
	note: null,
	tax: 10.5,
	tag: null,
	tags: [],
	byName: {},
};

test("what may be null and has no default is null where it is absent: in bodies, answers and parameter models", () => {
	const schema = compileSchema(Item);
	const minimal = { name: "Foo" };
	for (const parsed of [
		schema.parseJson(minimal, ["body"]),
		schema.encode({ ...minimal, tags: [], byName: {} }, ["response"]),
		schema.parseTexts(minimal, ["query"]),
	]) {
		assert.deepEqual(parsed, { value: complete });
	}
});

test("null is filled in at any depth, the fields in the order of their declaration", async () => {
	const schema = compileSchema(Item);
	const tag = { id: 1 };
	const { value } = await schema.parseJson(
		{ name: "Foo", tag, tags: [tag], byName: { x: tag }, kind: tag },
		["body"],
	);
	const filled = { id: 1, note: null };
	assert.deepEqual(value, {
		...complete,
		tag: filled,
		tags: [filled],
		byName: { x: filled },
		kind: filled,
	});
	assert.deepEqual(Object.keys(value as object).slice(0, 3), [
		"name",
		"note",
		"tax",
	]);
});

test("a model that contains itself is filled in too", async () => {
	const Node = z.object({
		name: z.string(),
		get next() {
			return Node.nullish();
		},
	});
	const { value } = await compileSchema(Node).parseJson(
		{ name: "a", next: { name: "b" } },
		["body"],
	);
	assert.deepEqual(value, { name: "a", next: { name: "b", next: null } });
});

test("what a handler returned is not changed", () => {
	const stored = { id: 1 };
	compileSchema(z.looseObject({ note: z.string().nullish() })).encode(stored, [
		"response",
	]);
	assert.deepEqual(stored, { id: 1 });
});

test("a wrong parameter model shows what it received with the defaults of what it did not", async () => {
	const Model = z.object({
		save_data: z.boolean(),
		x_tag: z.array(z.string()).default([]),
		limit: z.int().default(100),
		note: z.string().nullish(),
	});
	const { errors } = await compileSchema(Model).parseTexts({ limit: "5" }, [
		"header",
	]);
	assert.deepEqual(errors?.[0]?.input, { limit: "5", x_tag: [] });
});
