import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import { z } from "zod";
import * as mini from "zod/mini";
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

test("what must be there and is not is missing, though null would do and other fields are filled in", async () => {
	const seen: unknown[] = [];
	const schema = compileSchema(
		z.object({
			owner: z.string().nullable(),
			size: z.preprocess((value) => {
				seen.push(value);
				return value;
			}, z.int()),
			note: z.string().nullish(),
		}),
	);
	for (const parsed of [
		schema.parseJson({}, ["body"]),
		schema.parseTexts({}, ["query"]),
	]) {
		assert.deepEqual(
			(await parsed).errors?.map(({ type, loc }) => [type, loc[1]]),
			[
				["missing", "owner"],
				["missing", "size"],
			],
		);
	}
	assert.ok(seen.every((value) => value === undefined));
	assert.deepEqual(
		Object.keys(
			(await schema.parseJson({ size: 1, owner: null }, ["body"]))
				.value as object,
		),
		["owner", "size", "note"],
	);
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

suite("refinements, transforms and codecs see null for what is absent", () => {
	const isThere = ({ a }: { a?: string | null | undefined }) => a !== null;
	const schemas: Readonly<Record<string, StandardSchemaV1>> = {
		Zod: z.object({ a: z.string().nullish() }).refine(isThere),
		"Zod mini": mini
			.object({ a: mini.nullish(mini.string()) })
			.check(mini.refine(isThere)),
		Valibot: v.pipe(v.object({ a: v.nullish(v.string()) }), v.check(isThere)),
	};
	for (const [library, schema] of Object.entries(schemas)) {
		test(library, async () => {
			const compiled = compileSchema(schema);
			for (const parsed of [
				await compiled.parseJson({}, ["body"]),
				await compiled.parseTexts({}, ["query"]),
				await compiled.encode({}, ["response"]),
			]) {
				assert.equal(parsed.errors?.[0]?.type, "value_error");
			}
		});
	}

	test("a transform and a codec, on the way in and out", async () => {
		const transformed = z
			.object({ p_alias: z.string().nullish() })
			.transform(({ p_alias }) => ({ p: p_alias }));
		const read = await compileSchema(transformed).parseJson({}, []);
		assert.deepEqual(read, { value: { p: null } });
		const Codec = z.codec(
			z.object({ "a-b": z.string().nullish() }),
			z.object({ aB: z.string().nullish() }),
			{
				decode: (wire) => ({ aB: wire["a-b"] }),
				encode: (own) => ({ "a-b": own.aB }),
			},
		);
		const { parseJson, encode } = compileSchema(Codec);
		assert.deepEqual(await parseJson({}, []), { value: { aB: null } });
		assert.deepEqual(await encode({}, []), { value: { "a-b": null } });
	});

	test("a single value", async () => {
		const seen: unknown[] = [];
		const schema = z
			.string()
			.nullish()
			.transform((value) => {
				seen.push(value);
				return value ?? "none";
			});
		const { parseText, isRequired } = compileSchema(schema);
		assert.equal(isRequired, false);
		assert.deepEqual(await parseText(undefined, []), { value: "none" });
		assert.ok(seen.every((value) => value === null));
	});

	test("are null in sets and maps too, before a refinement looks", async () => {
		const Item = z
			.object({ a: z.string().nullish() })
			.refine(({ a }) => a === null);
		const ValibotItem = v.pipe(
			v.object({ a: v.nullish(v.string()) }),
			v.check(({ a }) => a === null),
		);
		const filled = { a: null };
		for (const schema of [z.set(Item), v.set(ValibotItem)]) {
			const { value } = await compileSchema(schema).parseJson([{}], []);
			assert.deepEqual(value, new Set([filled]));
		}
		for (const schema of [
			z.map(z.string(), Item),
			v.map(v.string(), ValibotItem),
		]) {
			const { value } = await compileSchema(schema).parseJson({ k: {} }, []);
			assert.deepEqual(value, new Map([["k", filled]]));
		}
	});

	test("what has a default of any kind keeps it", async () => {
		const schemas: readonly StandardSchemaV1[] = [
			z.object({ a: z.string().nullish().default("x") }),
			z.object({
				a: z
					.string()
					.nullable()
					.default(() => "x"),
			}),
			mini.object({ a: mini._default(mini.nullable(mini.string()), "x") }),
			v.object({ a: v.nullish(v.string(), () => "x") }),
		];
		for (const schema of schemas) {
			const { value } = await compileSchema(schema).parseJson({}, []);
			assert.deepEqual(value, { a: "x" });
		}
	});
});

test("a field called __proto__ sets no prototype where others are filled in", () => {
	const schema = compileSchema(z.looseObject({ note: z.string().nullish() }));
	const received = JSON.parse('{"__proto__":{"a":1}}');
	const { value } = schema.parseJson(received, ["body"]) as {
		value: object;
	};
	assert.equal(JSON.stringify(value), '{"note":null}');
	assert.equal(Object.getPrototypeOf(value), Object.prototype);
});
