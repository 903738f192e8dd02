import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { describeSchema } from "../../../src/schema/document/describe-schema.ts";
import type { SchemaDirection } from "../../../src/schema/document/json-schema.ts";

const Size = z.enum(["s", "l"]).meta({ id: "Size" });
const Maker = z.object({ name: z.string() }).meta({ id: "Maker" });
const nullType = { type: "null" };

/** A field's schema, and what Pydantic documents for the field `f` of the same type. */
const fields: readonly (readonly [string, StandardSchemaV1, object])[] = [
	["a text", z.string(), { type: "string", title: "F" }],
	[
		"a bounded text",
		z.string().min(3).max(5).regex(/^a/),
		{ type: "string", minLength: 3, maxLength: 5, pattern: "^a", title: "F" },
	],
	[
		"a text with two patterns",
		z.string().regex(/a/).startsWith("b"),
		{
			type: "string",
			allOf: [{ pattern: "a" }, { pattern: "^b.*" }],
			title: "F",
		},
	],
	[
		"a bounded text that may be null",
		z.string().min(3).nullish(),
		{ anyOf: [{ type: "string", minLength: 3 }, nullType], title: "F" },
	],
	[
		"a described text that may be null",
		z.string().describe("Words").nullish(),
		{ anyOf: [{ type: "string" }, nullType], title: "F", description: "Words" },
	],
	[
		"a secret that may be null",
		z.string().nullish().meta({ format: "password" }),
		{
			anyOf: [{ type: "string" }, nullType],
			format: "password",
			title: "F",
		},
	],
	["an integer", z.int(), { type: "integer", title: "F" }],
	[
		"a bounded integer",
		z.int().gt(3).lte(10).multipleOf(2),
		{
			type: "integer",
			exclusiveMinimum: 3,
			maximum: 10,
			multipleOf: 2,
			title: "F",
		},
	],
	[
		"an integer of 32 bits",
		z.int32(),
		{
			type: "integer",
			minimum: -2147483648,
			maximum: 2147483647,
			title: "F",
		},
	],
	[
		"a big integer",
		z.bigint().min(1n),
		{ type: "integer", minimum: 1, title: "F" },
	],
	["a number", z.number(), { type: "number", title: "F" }],
	["null", z.null(), { type: "null", title: "F" }],
	["anything", z.any(), { title: "F" }],
	[
		"a point in time",
		z.date(),
		{ type: "string", format: "date-time", title: "F" },
	],
	[
		"a date of a format of its own",
		z.date().meta({ format: "date" }),
		{ type: "string", format: "date", title: "F" },
	],
	[
		"an ISO date and time",
		z.iso.datetime({ offset: true }),
		{ type: "string", format: "date-time", title: "F" },
	],
	[
		"an ISO date and time without a zone, as its author documents it",
		z.iso.datetime({ local: true }).meta({
			jsonSchema: { type: "string", format: "date-time" },
		}),
		{ type: "string", format: "date-time", title: "F" },
	],
	["a date", z.iso.date(), { type: "string", format: "date", title: "F" }],
	["a time", z.iso.time(), { type: "string", format: "time", title: "F" }],
	[
		"a duration",
		z.iso.duration(),
		{ type: "string", format: "duration", title: "F" },
	],
	["a UUID", z.uuid(), { type: "string", format: "uuid", title: "F" }],
	["an address", z.email(), { type: "string", format: "email", title: "F" }],
	[
		"an address with a pattern of its own",
		z.email().regex(/@a/),
		{ type: "string", format: "email", pattern: "@a", title: "F" },
	],
	[
		"a URL",
		z.url(),
		{ type: "string", format: "uri", minLength: 1, title: "F" },
	],
	[
		"an HTTP URL",
		z.httpUrl(),
		{
			type: "string",
			format: "uri",
			minLength: 1,
			maxLength: 2083,
			title: "F",
		},
	],
	[
		"bytes in base64",
		z.base64(),
		{
			type: "string",
			contentEncoding: "base64",
			contentMediaType: "application/octet-stream",
			title: "F",
		},
	],
	[
		"a file",
		z.file(),
		{
			type: "string",
			contentMediaType: "application/octet-stream",
			title: "F",
		},
	],
	[
		"a list",
		z.array(z.int()).min(1).max(3),
		{
			type: "array",
			items: { type: "integer" },
			minItems: 1,
			maxItems: 3,
			title: "F",
		},
	],
	[
		"a set",
		z.set(z.int()).max(3),
		{
			type: "array",
			items: { type: "integer" },
			uniqueItems: true,
			maxItems: 3,
			title: "F",
		},
	],
	[
		"a tuple",
		z.tuple([z.string(), z.int()]),
		{
			type: "array",
			prefixItems: [{ type: "string" }, { type: "integer" }],
			minItems: 2,
			maxItems: 2,
			title: "F",
		},
	],
	[
		"a mapping",
		z.record(z.string(), z.int()),
		{
			type: "object",
			additionalProperties: { type: "integer" },
			title: "F",
		},
	],
	[
		"a mapping of numbers to anything",
		z.record(z.int(), z.any()),
		{ type: "object", additionalProperties: true, title: "F" },
	],
	["a literal", z.literal("x"), { type: "string", const: "x", title: "F" }],
	[
		"a map",
		z.map(z.string(), z.int()).default(new Map([["a", 1]])),
		{
			type: "object",
			additionalProperties: { type: "integer" },
			default: { a: 1 },
			title: "F",
		},
	],
	[
		"several literals",
		z.literal(["x", "y"]),
		{ type: "string", enum: ["x", "y"], title: "F" },
	],
	[
		"literal numbers, whole and not",
		z.literal([0.5, 1]),
		{ type: "number", enum: [0.5, 1], title: "F" },
	],
	[
		"a mapping of every value of an enumeration",
		z.record(z.enum(["a", "b"]), z.int()),
		{
			type: "object",
			propertyNames: { type: "string", enum: ["a", "b"] },
			additionalProperties: { type: "integer" },
			required: ["a", "b"],
			title: "F",
		},
	],
	[
		"a pattern that ignores case",
		z.string().regex(/^[a-z]+$/i),
		{ type: "string", pattern: "^[a-zA-Z]+$", title: "F" },
	],
	[
		"types that its author says where it may be null",
		z
			.custom<string | null>()
			.nullish()
			.meta({ type: ["string", "null"] }),
		{ anyOf: [{ type: "string" }, nullType], title: "F" },
	],
	[
		"a description that its author puts in its place",
		z
			.string()
			.min(3)
			.meta({
				description: "not this",
				jsonSchema: { type: "string", format: "colour" },
			}),
		{ type: "string", format: "colour", title: "F" },
	],
	[
		"an id with a slash",
		z.object({ a: z.int() }).meta({ id: "billing/Invoice" }),
		{ $ref: "#/$defs/billing~1Invoice" },
	],
	[
		"a default behind a codec, as it is on the wire",
		z
			.codec(z.string(), z.number(), {
				decode: (text) => Number(text) * 100,
				encode: (cents) => (cents / 100).toFixed(2),
			})
			.default(150),
		{ type: "string", default: "1.50", title: "F" },
	],
	[
		"a default of a text that stands for a boolean",
		z.stringbool().default(true),
		{ type: "string", default: "true", title: "F" },
	],
	["a literal number", z.literal(1), { type: "integer", const: 1, title: "F" }],
	[
		"literals of several types",
		z.literal(["a", 1, null]),
		{ enum: ["a", 1, null], title: "F" },
	],
	["an enum with an id", Size, { $ref: "#/$defs/Size" }],
	[
		"an enum with a default",
		Size.default("s"),
		{ $ref: "#/$defs/Size", default: "s" },
	],
	["a model", Maker, { $ref: "#/$defs/Maker" }],
	[
		"a described model",
		Maker.describe("Of it"),
		{ $ref: "#/$defs/Maker", description: "Of it" },
	],
	[
		"a model that may be null",
		Maker.nullish(),
		{ anyOf: [{ $ref: "#/$defs/Maker" }, nullType] },
	],
	[
		"a list of models that may be null",
		z.array(Maker).nullish(),
		{
			anyOf: [{ type: "array", items: { $ref: "#/$defs/Maker" } }, nullType],
			title: "F",
		},
	],
	[
		"a union that may be null is one union",
		z.union([z.string(), z.int()]).nullish(),
		{ anyOf: [{ type: "string" }, { type: "integer" }, nullType], title: "F" },
	],
	[
		"a default of null",
		z.int().nullable().default(null),
		{
			anyOf: [{ type: "integer" }, nullType],
			title: "F",
		},
	],
	[
		"a default",
		z.set(z.string()).default(new Set(["a"])),
		{
			type: "array",
			items: { type: "string" },
			uniqueItems: true,
			default: ["a"],
			title: "F",
		},
	],
	[
		"a default that is made anew each time",
		z.uuid().default(() => crypto.randomUUID()),
		{ type: "string", format: "uuid", title: "F" },
	],
	[
		"a value for what is missing, before validation",
		z.string().prefault("x"),
		{ type: "string", default: "x", title: "F" },
	],
	[
		"what its author says of it",
		z.string().meta({
			title: "Own",
			description: "D",
			deprecated: true,
			examples: ["a"],
			format: "password",
			writeOnly: true,
		}),
		{
			type: "string",
			title: "Own",
			description: "D",
			deprecated: true,
			examples: ["a"],
			format: "password",
			writeOnly: true,
		},
	],
	[
		"a value that is not written to",
		z.string().readonly(),
		{
			type: "string",
			title: "F",
		},
	],
	[
		"an object without an id stands inline",
		z.object({ item_id: z.int() }),
		{
			type: "object",
			properties: { item_id: { type: "integer", title: "Item Id" } },
			required: ["item_id"],
			title: "F",
		},
	],
];

suite("a field is documented as Pydantic documents it, in both directions", () => {
	for (const [name, schema, expected] of fields) {
		test(name, () => {
			for (const direction of ["input", "output"] as const) {
				const { schema: described, undocumented } = describeSchema(
					z.object({ f: schema as z.ZodType }),
					direction,
				);
				assert.deepEqual(described.properties?.f, expected, direction);
				assert.deepEqual(undocumented, []);
			}
		});
	}
});

suite("an object", () => {
	const described = (schema: StandardSchemaV1, direction: SchemaDirection) =>
		describeSchema(schema, direction).schema;

	test("requires, in order and in both directions, the fields that have no default and may not be left out", () => {
		const schema = z.object({
			b: z.string(),
			optional: z.string().optional(),
			defaulted: z.int().default(1),
			nulled: z.string().nullable().default(null),
			caught: z.string().catch("x"),
			preprocessed: z.preprocess((value) => value, z.int()),
			a: z.string().nullable(),
		});
		for (const direction of ["input", "output"] as const) {
			assert.deepEqual(described(schema, direction).required, [
				"b",
				"preprocessed",
				"a",
			]);
		}
		assert.equal("required" in described(z.object({}), "input"), false);
	});

	test("says whether it takes more only where it is strict or open", () => {
		for (const direction of ["input", "output"] as const) {
			const extra = (schema: StandardSchemaV1) =>
				described(schema, direction).additionalProperties;
			assert.equal(extra(z.object({ a: z.int() })), undefined);
			assert.equal(extra(z.strictObject({ a: z.int() })), false);
			assert.equal(extra(z.looseObject({ a: z.int() })), true);
			assert.deepEqual(extra(z.object({}).catchall(z.int())), {
				type: "integer",
			});
		}
	});

	test("with an id is a definition whose title is the id", () => {
		const Item = z
			.object({ size: Size, maker: Maker.optional() })
			.meta({ id: "Item", description: "A thing." });
		const maker = {
			type: "object",
			properties: { name: { type: "string", title: "Name" } },
			required: ["name"],
			title: "Maker",
		};
		assert.deepEqual(describeSchema(z.array(Item), "output"), {
			schema: { type: "array", items: { $ref: "#/$defs/Item" } },
			definitions: {
				Item: {
					type: "object",
					properties: {
						size: { $ref: "#/$defs/Size" },
						maker: { $ref: "#/$defs/Maker" },
					},
					required: ["size"],
					title: "Item",
					description: "A thing.",
				},
				Size: { type: "string", enum: ["s", "l"], title: "Size" },
				Maker: maker,
			},
			undocumented: [],
		});
	});

	test("that contains itself is a definition, with an id or without", () => {
		const Tree = z.object({
			get twigs() {
				return z.array(Tree);
			},
		});
		const Named = z
			.object({
				get twigs() {
					return z.set(Named).optional();
				},
			})
			.meta({ id: "Named" });
		const tree = describeSchema(Tree, "input");
		assert.deepEqual(tree.schema, { $ref: "#/$defs/__schema" });
		assert.deepEqual(tree.definitions.__schema, {
			title: "Recursive",
			type: "object",
			properties: {
				twigs: {
					type: "array",
					items: { $ref: "#/$defs/__schema" },
					title: "Twigs",
				},
			},
			required: ["twigs"],
		});
		const named = describeSchema(Named, "input");
		assert.deepEqual(Object.keys(named.definitions), ["Named"]);
		assert.match(JSON.stringify(named.definitions), /"#\/\$defs\/Named"/);
	});

	test("keeps two models of one id apart", () => {
		const { schema, definitions } = describeSchema(
			z.object({
				a: z.object({ x: z.int() }).meta({ id: "Same" }),
				b: z.object({ y: z.int() }).meta({ id: "Same" }),
			}),
			"input",
		);
		assert.deepEqual(schema.properties, {
			a: { $ref: "#/$defs/Same" },
			b: { $ref: "#/$defs/Same__2" },
		});
		assert.equal(definitions.Same__2?.title, "Same");
	});
});

test("a union by a field's value is a discriminator if its options are models", () => {
	const Cat = z.object({ kind: z.literal("cat") }).meta({ id: "Cat" });
	const Dog = z
		.object({ kind: z.literal(["dog", "puppy"]).default("dog") })
		.meta({ id: "Dog" });
	assert.deepEqual(
		describeSchema(z.discriminatedUnion("kind", [Cat, Dog]), "input").schema,
		{
			oneOf: [{ $ref: "#/$defs/Cat" }, { $ref: "#/$defs/Dog" }],
			discriminator: {
				propertyName: "kind",
				mapping: {
					cat: "#/$defs/Cat",
					dog: "#/$defs/Dog",
					puppy: "#/$defs/Dog",
				},
			},
		},
	);
});

test("a codec is documented by its wire form in both directions, a transformation only where it is known", () => {
	const codec = z.codec(z.iso.datetime(), z.date(), {
		decode: (text) => new Date(text),
		encode: (date) => date.toISOString(),
	});
	const transformed = z.string().transform(Number);
	for (const direction of ["input", "output"] as const) {
		assert.deepEqual(describeSchema(codec, direction).schema, {
			type: "string",
			format: "date-time",
		});
	}
	assert.deepEqual(describeSchema(transformed, "input").schema, {
		type: "string",
	});
	assert.deepEqual(describeSchema(transformed, "output"), {
		schema: {},
		definitions: {},
		undocumented: [""],
	});
});

test("a codec of what has no JSON Schema itself is documented by its wire form, in both directions", () => {
	const bytes = z.codec(z.base64(), z.instanceof(Uint8Array), {
		decode: (text) => Uint8Array.from(Buffer.from(text, "base64")),
		encode: (value) => Buffer.from(value).toString("base64"),
	});
	const opaque = z.codec(z.custom<URL>(), z.instanceof(URL), {
		decode: (url) => url,
		encode: (url) => url,
	});
	for (const direction of ["input", "output"] as const) {
		const { schema, undocumented } = describeSchema(
			z.object({ bytes, opaque }),
			direction,
		);
		assert.deepEqual(undocumented, ["opaque"]);
		assert.equal(schema.properties?.bytes?.contentEncoding, "base64");
	}
});

test("a place without JSON Schema is named and leaves the others as they are", () => {
	const { schema, undocumented } = describeSchema(
		z.object({
			id: z.int(),
			list: z.array(z.object({ own: z.custom<URL>() })),
			table: z.record(z.string(), z.symbol()),
			pair: z.tuple([z.string(), z.instanceof(URL)]),
			known: z.custom<URL>().meta({ type: "string", format: "uri" }),
		}),
		"input",
	);
	assert.deepEqual([...undocumented].sort(), [
		"list[].own",
		"pair[1]",
		"table[key]",
	]);
	assert.deepEqual(schema.properties?.id, { type: "integer", title: "Id" });
	assert.deepEqual(schema.properties?.known, {
		type: "string",
		format: "uri",
		title: "Known",
	});
});

test("a part that Zod refuses is anything, the parts around it stay", () => {
	const loop: unknown[] = [];
	loop.push(loop);
	const refused = z.any().meta({ examples: [loop] });
	const Item = z
		.object({
			id: z.int(),
			refused,
			more: z.array(z.strictObject({ refused, size: Size.optional() })),
			big: z.bigint().default(1n),
			caught: z.bigint().catch(2n),
		})
		.meta({ id: "Item" });
	const { schema, definitions, undocumented } = describeSchema(Item, "output");
	assert.deepEqual(schema, { $ref: "#/$defs/Item" });
	assert.deepEqual(definitions.Item, {
		type: "object",
		properties: {
			id: { type: "integer", title: "Id" },
			refused: { title: "Refused" },
			more: {
				type: "array",
				items: {
					type: "object",
					properties: {
						refused: { title: "Refused" },
						size: { $ref: "#/$defs/Size" },
					},
					required: ["refused"],
					additionalProperties: false,
				},
				title: "More",
			},
			big: { type: "integer", default: 1, title: "Big" },
			caught: { type: "integer", default: 2, title: "Caught" },
		},
		required: ["id", "refused", "more"],
		title: "Item",
	});
	assert.deepEqual(undocumented, ["refused", "more[].refused"]);
});

test("a default behind a one-way transform is left out, and so is the field's need", () => {
	const { schema } = describeSchema(
		z.object({ a: z.string().transform(Number).default(1), b: z.string() }),
		"input",
	);
	assert.deepEqual(schema.properties?.a, { type: "string", title: "A" });
	assert.deepEqual(schema.required, ["b"]);
});

test("a pattern that needs its flags is left out, and its place is named", () => {
	const { schema, lostPatterns } = describeSchema(
		z.object({ a: z.array(z.string().regex(/^é$/i)) }),
		"input",
	);
	assert.deepEqual(schema.properties?.a?.items, { type: "string" });
	assert.deepEqual(lostPatterns, ["a[]"]);
});

test("a schema is read once for each direction, once for both where they don't differ", () => {
	const plain = z.object({ a: z.int() });
	const changing = z.object({ a: z.string().transform(Number) });
	for (const schema of [plain, changing]) {
		assert.equal(
			describeSchema(schema, "input"),
			describeSchema(schema, "input"),
		);
	}
	assert.equal(describeSchema(plain, "input"), describeSchema(plain, "output"));
	assert.notEqual(
		describeSchema(changing, "input"),
		describeSchema(changing, "output"),
	);
});

test("a library that has no JSON Schema, or refuses, gives anything", () => {
	const anything = { schema: {}, definitions: {}, undocumented: [""] };
	const refusing = {
		"~standard": {
			version: 1 as const,
			vendor: "own",
			validate: (value: unknown) => ({ value }),
			jsonSchema: {
				input: () => {
					throw new Error("no");
				},
			},
		},
	};
	assert.deepEqual(describeSchema(refusing, "input"), anything);
});

test("a date and time that needs no zone is documented by a pattern: date-time has a zone", () => {
	const local = z.iso.datetime({ local: true }).startsWith("20").max(30);
	const { schema } = describeSchema(local.nullish(), "output");
	const [text] = schema.anyOf ?? [];
	assert.equal(text?.type, "string");
	assert.equal(text?.format, undefined);
	assert.equal(text?.maxLength, 30);
	const patterns = (text?.allOf ?? []).map(
		({ pattern }) => new RegExp(String(pattern), "u"),
	);
	const isTaken = (value: string) =>
		patterns.length === 2 && patterns.every((pattern) => pattern.test(value));
	assert.ok(isTaken("2024-02-29T12:30:00"));
	assert.ok(isTaken("2024-02-29T12:30:00.5Z"));
	assert.ok(!isTaken("2024-02-30T12:30:00"));
	assert.ok(!isTaken("1999-02-28T12:30:00"));
});

const Colour = { 1: "Red", 4: "Green", Red: 1, Green: 4 } as const;

for (const [library, schema] of Object.entries({
	zod: z.enum(Colour as never),
	valibot: v.enum(Colour as never),
}) as [string, StandardSchemaV1][]) {
	test(`${library}: an enum of numbers comes with its names`, () => {
		assert.deepEqual(describeSchema(schema, "output").schema, {
			type: "integer",
			enum: [1, 4],
			"x-enum-varnames": ["Red", "Green"],
		});
	});
}

test("arktype: flags of patterns are written out, several stand side by side, one that can't be said is told", () => {
	const schema = type({
		a: /^[a-z]+$/i,
		"b?": type(/x/).and(type(/y/i)),
		c: /\p{Lu}/iu,
		plain: /^k$/,
	});
	const { properties, ...rest } = describeSchema(schema, "input").schema;
	assert.deepEqual(properties, {
		a: { type: "string", pattern: "^[a-zA-Z]+$", title: "A" },
		b: {
			type: "string",
			pattern: "[yY]",
			allOf: [{ pattern: "x" }],
			title: "B",
		},
		c: { type: "string", title: "C" },
		plain: { type: "string", pattern: "^k$", title: "Plain" },
	});
	assert.deepEqual(rest.required?.toSorted(), ["a", "c", "plain"]);
	assert.deepEqual(describeSchema(schema, "input").lostPatterns, [""]);
});

test("valibot: a default is documented where it is received, not as what is made of it", () => {
	const Count = v.optional(
		v.pipe(v.string(), v.transform(Number), v.number()),
		"1",
	);
	const schema = v.object({ count: Count, size: v.optional(v.number(), 2) });
	const defaults = (direction: SchemaDirection) =>
		Object.values(
			describeSchema(schema, direction).schema.properties ?? {},
		).map((field) => field.default);
	assert.deepEqual(defaults("input"), ["1", 2]);
	assert.deepEqual(defaults("output"), [undefined, 2]);
});

test("an enum of texts needs no names beside them", () => {
	const schema = z.enum({ Red: "red", Green: "green" });
	assert.deepEqual(describeSchema(schema, "input").schema, {
		type: "string",
		enum: ["red", "green"],
	});
});

const libraries: Readonly<Record<string, StandardSchemaV1>> = {
	zod: z.object({
		name: z.string().min(3),
		note: z.number().nullable().optional(),
		mail: z.email().optional(),
		count: z.int().gt(3),
		kind: z.literal(["a", "b"]),
		at: z.date(),
		big: z.bigint(),
	}),
	valibot: toStandardJsonSchema(
		v.object({
			name: v.pipe(v.string(), v.minLength(3)),
			note: v.nullish(v.number()),
			mail: v.optional(v.pipe(v.string(), v.email())),
			count: v.pipe(v.number(), v.integer(), v.gtValue(3)),
			kind: v.picklist(["a", "b"]),
			at: v.date(),
			big: v.bigint(),
		}),
	),
	arktype: type({
		name: "string>=3",
		"note?": "number|null",
		"mail?": "string",
		count: "number.integer>3",
		kind: "'a'|'b'",
		at: "Date",
		big: "bigint",
	}),
};

for (const [library, schema] of Object.entries(libraries)) {
	test(`${library}: the same object has the same document`, () => {
		const { schema: described, undocumented } = describeSchema(schema, "input");
		const { mail, ...properties } = described.properties ?? {};
		assert.deepEqual(properties, {
			name: { type: "string", minLength: 3, title: "Name" },
			note: { anyOf: [{ type: "number" }, nullType], title: "Note" },
			count: { type: "integer", exclusiveMinimum: 3, title: "Count" },
			kind: { type: "string", enum: ["a", "b"], title: "Kind" },
			at: { type: "string", format: "date-time", title: "At" },
			big: { type: "integer", title: "Big" },
		});
		assert.equal(mail?.title, "Mail");
		assert.deepEqual([...(described.required ?? [])].sort(), [
			"at",
			"big",
			"count",
			"kind",
			"name",
		]);
		assert.deepEqual(undocumented, []);
	});
}
