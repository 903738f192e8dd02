import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { compileSchema } from "../../src/schema/compile-schema.ts";
import type { Parsed } from "../../src/schema/shape/parsed.ts";
import {
	type InputOf,
	isSchema,
	type OutputOf,
} from "../../src/schema/standard-schema.ts";

/** Reads as of now; a schema with nothing asynchronous never gives a promise. */
function now(parsed: Parsed | Promise<Parsed>): Parsed {
	assert.ok(!(parsed instanceof Promise));
	return parsed;
}

function parsedValue(parsed: Parsed | Promise<Parsed>): unknown {
	const { errors, value } = now(parsed);
	assert.equal(errors, undefined);
	return value;
}

function errorTypes(parsed: Parsed | Promise<Parsed>): readonly string[] {
	return (now(parsed).errors ?? []).map((error) =>
		[error.type, ...error.loc].join(" "),
	);
}

const isoDate = z.codec(z.iso.datetime(), z.date(), {
	decode: (text) => new Date(text),
	encode: (date) => date.toISOString(),
});

const texts: readonly [
	StandardSchemaV1,
	string | readonly string[],
	unknown,
][] = [
	[z.string(), "42", "42"],
	[z.int(), " 42 ", 42],
	[z.number(), "4.5", 4.5],
	[z.boolean(), "on", true],
	[z.boolean().nullable(), "off", false],
	[z.bigint(), "123456789012345678901", 123456789012345678901n],
	[z.date(), "2018-12-22T14:00:00Z", new Date(Date.UTC(2018, 11, 22, 14))],
	[z.iso.datetime(), "2018-12-22T14:00:00Z", "2018-12-22T14:00:00Z"],
	[isoDate, "2018-12-22T14:00:00Z", new Date(Date.UTC(2018, 11, 22, 14))],
	[z.literal([1, 2]), "2", 2],
	[z.literal([true, "x"]), "true", true],
	[z.enum({ one: 1 }), "1", 1],
	[z.array(z.int()), ["1", "2"], [1, 2]],
	[z.array(z.int()), "1", [1]],
	[z.array(z.string()).nullish(), "a", ["a"]],
	[z.set(z.int()), ["1", "2", "1"], new Set([1, 2])],
	[z.tuple([z.int(), z.string()]), ["1", "2"], [1, "2"]],
	// a value that fits stays as it is
	[z.union([z.int(), z.string()]), "42", "42"],
	[z.union([z.int(), z.boolean()]), "1", 1],
	[z.union([z.boolean(), z.int()]), "1", true],
	[z.union([z.int(), z.number()]), "4.5", 4.5],
	[z.union([z.int(), z.uuid()]), "42", 42],
	[z.union([z.int(), z.array(z.int())]), ["1", "2"], [1, 2]],
	[z.any(), "42", "42"],
	[z.coerce.number(), "42", 42],
	[z.stringbool(), "on", true],
	[z.string().transform((text) => text.length), "abc", 3],
	[
		z.guid(),
		"12345678123412341234123456789012",
		"12345678-1234-1234-1234-123456789012",
	],
	[type("number.integer"), "42", 42],
	[type("boolean"), "yes", true],
];

for (const [schema, text, value] of texts) {
	test(`the text ${JSON.stringify(text)} becomes ${String(value)}`, () => {
		const parsed = compileSchema(schema).parseText(text, ["query", "q"]);
		assert.deepEqual(parsedValue(parsed), value);
	});
}

test("null is never read from a text", () => {
	const schema = compileSchema(z.int().nullish());
	assert.deepEqual(errorTypes(schema.parseText("null", ["query", "q"])), [
		"int_parsing query q",
	]);
});

const absences: readonly [string, StandardSchemaV1, unknown][] = [
	["optional", z.string().optional(), undefined],
	["nullish", z.string().nullish(), null],
	["nullable and optional", z.int().nullable().optional(), null],
	["with a default", z.int().default(3), 3],
	["nullish with a default", z.string().nullish().default("x"), "x"],
	["a list with a default", z.array(z.int()).default([1]), [1]],
	["prefaulted", z.string().prefault("x"), "x"],
	["preprocessed", z.preprocess((x) => x ?? "x", z.string()), "x"],
	["Valibot's, nullish", v.optional(v.string(), "x"), "x"],
];

for (const [what, schema, value] of absences) {
	test(`an absent parameter that is ${what} becomes ${JSON.stringify(value)}`, () => {
		const compiled = compileSchema(schema);
		assert.equal(compiled.isRequired, false);
		assert.deepEqual(
			parsedValue(compiled.parseText(undefined, ["query", "q"])),
			value,
		);
		assert.deepEqual(
			parsedValue(compiled.parseJson(undefined, ["body"])),
			value,
		);
	});
}

const required: readonly [string, StandardSchemaV1][] = [
	["plain", z.string()],
	["nullable", z.string().nullable()],
	["anything", z.any()],
	["anything of Valibot", v.unknown()],
	["anything of ArkType", type("unknown")],
];

for (const [what, schema] of required) {
	test(`an absent parameter that is ${what} is one error`, () => {
		const compiled = compileSchema(schema);
		assert.equal(compiled.isRequired, true);
		assert.deepEqual(now(compiled.parseText(undefined, ["query", "q"])), {
			errors: [
				{
					type: "missing",
					loc: ["query", "q"],
					msg: "Field required",
					input: null,
				},
			],
		});
	});
}

test("each request gets a default list of its own", () => {
	const compiled = compileSchema(z.array(z.int()).default(() => [1]));
	const first = parsedValue(compiled.parseText(undefined, ["query", "q"]));
	const second = parsedValue(compiled.parseText(undefined, ["query", "q"]));
	assert.deepEqual(first, second);
	assert.notEqual(first, second);
});

test("a default that a function makes is made for each request", () => {
	let count = 0;
	const compiled = compileSchema(z.string().default(() => `n${count++}`));
	const first = parsedValue(compiled.parseText(undefined, ["query", "q"]));
	const second = parsedValue(compiled.parseText(undefined, ["query", "q"]));
	assert.notEqual(first, second);
});

test("a schema that checks asynchronously is awaited, also where it is absent", async () => {
	const schema = z.string().refine(async (text) => text === "a", "not a");
	const compiled = compileSchema(schema);
	assert.equal(compiled.isRequired, true);
	assert.deepEqual(await compiled.parseText("a", ["query", "q"]), {
		value: "a",
	});
	const refused = await compiled.parseJson("b", ["body"]);
	assert.equal(refused.errors?.[0]?.msg, "Value error, not a");
	const absent = await compiled.parseText(undefined, ["query", "q"]);
	assert.equal(absent.errors?.[0]?.type, "missing");
});

test("a transform that trips over absence makes it an error of the client", async () => {
	const schema = z.preprocess((x) => (x as string).trim(), z.string());
	const absent = await compileSchema(schema).parseText(undefined, ["query"]);
	assert.equal(absent.errors?.[0]?.type, "missing");
});

const bodies: readonly [StandardSchemaV1, unknown, unknown][] = [
	[z.iso.duration(), 300, "PT5M"],
	[z.iso.duration(), 0.5, "PT0.5S"],
	[z.iso.duration(), 1e-12, "PT0S"],
	[z.int(), "42", 42],
	[z.int(), true, 1],
	[z.number(), "4.5", 4.5],
	[z.boolean(), 1, true],
	[z.boolean(), "no", false],
	[z.date(), "2018-12-22", new Date(Date.UTC(2018, 11, 22))],
	[z.date(), 1494012444, new Date(1494012444000)],
	[z.bigint(), 42, 42n],
	[z.set(z.int()), [1, "2"], new Set([1, 2])],
	[z.map(z.int(), z.date()), { 1: "1970-01-01" }, new Map([[1, new Date(0)]])],
	[z.record(z.string(), z.int()), { a: "1" }, { a: 1 }],
	[
		z.object({ a: z.string() }).catchall(z.int()),
		{ a: "1", b: "2" },
		{ a: "1", b: 2 },
	],
	[
		z.object({ a: z.array(z.object({ b: z.int() })) }),
		{ a: [{ b: 1 }, { b: "2" }] },
		{ a: [{ b: 1 }, { b: 2 }] },
	],
	[
		z.union([
			z.object({ k: z.literal("a"), n: z.int() }),
			z.object({ k: z.literal("b"), n: z.string() }),
		]),
		{ k: "a", n: "1" },
		{ k: "a", n: 1 },
	],
];

for (const [schema, body, value] of bodies) {
	test(`the JSON ${JSON.stringify(body)} is taken laxly, but not strictly`, () => {
		const { parseJson } = compileSchema(schema);
		assert.deepEqual(parsedValue(parseJson(body, ["body"])), value);
		const strict = now(parseJson(body, ["body"], { strict: true }));
		assert.notEqual(strict.errors, undefined);
	});
}

const refusedBodies: readonly [StandardSchemaV1, unknown][] = [
	[z.string(), 42],
	[z.string(), true],
	[z.boolean(), 2],
	[z.int(), 1.5],
	[z.int(), null],
	[z.array(z.int()), "1"],
	[z.literal(1), "1"],
];

for (const [schema, body] of refusedBodies) {
	test(`the JSON ${JSON.stringify(body)} is not converted at any price`, () => {
		const parsed = now(compileSchema(schema).parseJson(body, ["body"]));
		assert.notEqual(parsed.errors, undefined);
	});
}

test("an error shows what was received, not what it was converted to", () => {
	const schema = z.object({ a: z.int().max(3), b: z.int() });
	const body = { a: "4" };
	assert.deepEqual(
		now(compileSchema(schema).parseJson(body, ["body"])).errors?.map(
			({ input }) => input,
		),
		["4", { a: "4" }],
	);
	assert.deepEqual(body, { a: "4" });
});

test("a key named __proto__ is a key like any other", () => {
	const schema = compileSchema(z.looseObject({ a: z.int() }));
	const body = JSON.parse('{"__proto__": {"polluted": 1}, "a": "1"}');
	const value = parsedValue(schema.parseJson(body, ["body"])) as { a: number };
	assert.equal(value.a, 1);
	assert.equal(({} as { polluted?: number }).polluted, undefined);
	assert.equal((value as { polluted?: number }).polluted, undefined);
});

const Filters = z.strictObject({
	limit: z.int().default(100),
	tags: z.array(z.string()).default([]),
	after: z.date().nullish(),
	note: z.string().optional(),
	id: z.int(),
});

test("a parameter model reads its fields, and what is absent as a parameter is", () => {
	const compiled = compileSchema(Filters);
	assert.deepEqual(
		parsedValue(compiled.parseTexts({ id: "1", tags: ["a"] }, ["query"])),
		{ id: 1, limit: 100, tags: ["a"], after: null },
	);
	assert.deepEqual(
		parsedValue(
			compiled.parseTexts({ id: "1", tags: "a", after: "1970-01-01" }, [
				"query",
			]),
		),
		{ id: 1, limit: 100, tags: ["a"], after: new Date(0) },
	);
});

test("a union of parameter models has only the fields of the member that fits", () => {
	const Person = z.object({ name: z.string(), age: z.int().nullish() });
	const Company = z.object({ firm: z.string(), tax: z.int().nullish() });
	const { parseTexts, fields } = compileSchema(z.union([Person, Company]));
	assert.deepEqual(
		fields.map(({ name }) => name),
		["name", "age", "firm", "tax"],
	);
	assert.deepEqual(parsedValue(parseTexts({ firm: "x", tax: "3" }, ["body"])), {
		firm: "x",
		tax: 3,
	});
	assert.deepEqual(errorTypes(parseTexts({}, ["body"])), [
		"missing body model name",
		"missing body model firm",
	]);
});

test("a parameter model reports all its texts where a field is missing", () => {
	const texts = { limit: "x", host: "example.com", tags: [] };
	const parsed = now(compileSchema(Filters).parseTexts(texts, ["header"]));
	assert.deepEqual(
		parsed.errors?.map(({ type, loc, input }) => [type, loc, input]),
		[
			["int_parsing", ["header", "limit"], "x"],
			["missing", ["header", "id"], texts],
			["extra_forbidden", ["header", "host"], "example.com"],
		],
	);
});

test("the fields of a parameter model say what a reader has to know", () => {
	assert.deepEqual(
		compileSchema(Filters).fields.map((field) => [
			field.name,
			field.isRequired,
			field.isList,
			field.isNullable,
		]),
		[
			["limit", false, false, false],
			["tags", false, true, false],
			["after", false, false, true],
			["note", false, false, false],
			["id", true, false, false],
		],
	);
	const { fields } = compileSchema(
		z.object({
			file: z.file().describe("a picture"),
			password: z.string().meta({ format: "password" }),
		}),
	);
	assert.deepEqual(
		fields.map((field) => [field.isFile, field.isSecret, field.description]),
		[
			[true, false, "a picture"],
			[false, true, undefined],
		],
	);
});

const Node = z.object({
	value: z.int(),
	get children() {
		return z.array(Node);
	},
});

const kinds: readonly [string, StandardSchemaV1[]][] = [
	[
		"scalar",
		[
			z.string(),
			z.int().nullish(),
			z.enum(["a"]),
			z.date(),
			z.bigint(),
			z.null(),
			z.union([z.int(), z.string()]),
			type("string | number"),
		],
	],
	[
		"list",
		[
			z.array(z.int()).nullish(),
			z.tuple([z.int()]),
			z.set(z.int()),
			z.union([z.int(), z.array(z.int())]),
		],
	],
	[
		"object",
		[
			z.object({}),
			z.record(z.string(), z.int()),
			Node,
			z.object({ a: z.int() }).meta({ id: "KindNamed" }),
			z.union([z.int(), z.object({ a: z.int() })]),
			z.object({ a: z.int() }).and(z.object({ b: z.int() })),
		],
	],
	["any", [z.any(), z.unknown(), v.custom(() => true), v.unknown()]],
	["object", [v.object({ a: v.number() }), v.record(v.string(), v.number())]],
];

for (const [kind, schemas] of kinds) {
	test(`a bare schema tells that it is ${kind}`, () => {
		for (const schema of schemas) {
			assert.equal(compileSchema(schema).kind, kind);
		}
	});
}

test("a recursive schema converts and reports at any depth", () => {
	const { parseJson } = compileSchema(Node);
	const body = {
		value: "1",
		children: [{ value: "2", children: [{ value: "x", children: [] }] }],
	};
	assert.deepEqual(errorTypes(parseJson(body, ["body"])), [
		"int_parsing body children 0 children 0 value",
	]);
});

const results: readonly [string, StandardSchemaV1, unknown, unknown][] = [
	[
		"unknown fields are dropped",
		z.object({ a: z.int() }),
		{ a: 1, secret: 2 },
		{ a: 1 },
	],
	["dates are ISO 8601", z.date(), new Date(0), "1970-01-01T00:00:00Z"],
	[
		"a date may be a text",
		z.object({ at: z.date().nullish() }),
		{ at: "2018-12-22" },
		{ at: "2018-12-22T00:00:00Z" },
	],
	[
		"a date is written where a text of a date is asked for",
		z.iso.datetime(),
		new Date(0),
		"1970-01-01T00:00:00Z",
	],
	[
		"codecs are encoded",
		z.object({ at: z.array(isoDate) }),
		{ at: [new Date(0)] },
		{ at: ["1970-01-01T00:00:00.000Z"] },
	],
	[
		"a codec's neighbours get their defaults",
		z.object({ at: isoDate, n: z.int().default(3) }),
		{ at: new Date(0) },
		{ at: "1970-01-01T00:00:00.000Z", n: 3 },
	],
	[
		"a codec's own default is encoded where a value is absent, at any depth",
		z.object({
			at: isoDate.default(new Date(0)),
			all: z.array(z.object({ at: isoDate.default(() => new Date(0)) })),
			sent: isoDate.prefault("1970-01-01T00:00:00.000Z"),
			one: z.union([z.object({ at: isoDate.default(new Date(0)) }), z.int()]),
			none: isoDate.default(new Date(0)).nullable(),
		}),
		{ all: [{}], one: {}, none: null },
		{
			at: "1970-01-01T00:00:00.000Z",
			all: [{ at: "1970-01-01T00:00:00.000Z" }],
			sent: "1970-01-01T00:00:00.000Z",
			one: { at: "1970-01-01T00:00:00.000Z" },
			none: null,
		},
	],
	[
		"sets are lists",
		z.set(z.date()),
		new Set([new Date(0)]),
		["1970-01-01T00:00:00Z"],
	],
	[
		"maps are objects",
		z.map(z.int(), z.bigint()),
		new Map([[1, 2n]]),
		{ 1: 2 },
	],
	[
		"the member of a union that fits is encoded",
		z.union([z.date(), z.string()]),
		new Date(0),
		"1970-01-01T00:00:00Z",
	],
	["anything is encoded at its top", z.any(), new Set([1]), [1]],
	["bytes are text", z.any(), new TextEncoder().encode("hé"), "hé"],
	[
		"transforms run forwards",
		z.object({ a: z.string().transform((text) => text.length) }),
		{ a: "abc" },
		{ a: 3 },
	],
];

const ArkUser = type({ name: "string", pets: type({ age: "number" }).array() });
const arkResults: typeof results = [
	[
		"unknown fields are dropped, also of a library that keeps them",
		ArkUser,
		{ name: "x", password: "y", pets: [{ age: 1, password: "y" }] },
		{ name: "x", pets: [{ age: 1 }] },
	],
	[
		"unknown fields are dropped from the member of a union that fits",
		type({ a: "number" }).or({ b: "string" }),
		{ b: "x", password: "y" },
		{ b: "x" },
	],
	["an object of anything stays", type("object"), { a: 1 }, { a: 1 }],
	[
		"fields stay where any are asked for",
		type({ a: "number", "[string]": "unknown" }),
		{ a: 1, b: 2 },
		{ a: 1, b: 2 },
	],
	[
		"dates of ArkType are ISO 8601",
		type({ at: "Date" }),
		{ at: new Date(0) },
		{ at: "1970-01-01T00:00:00Z" },
	],
];

for (const [what, schema, result, value] of [...results, ...arkResults]) {
	test(`in a result ${what}`, () => {
		const encoded = compileSchema(schema).encode(result, ["response"]);
		assert.deepEqual(parsedValue(encoded), value);
	});
}

test("a big integer in a result keeps all its digits", () => {
	const encoded = compileSchema(z.bigint()).encode(12345678901234567890n, [
		"response",
	]);
	assert.equal(JSON.stringify(parsedValue(encoded)), "12345678901234567890");
});

test("a result that its schema refuses is located in the response", () => {
	const { encode } = compileSchema(z.object({ a: z.int(), b: z.date() }));
	assert.deepEqual(errorTypes(encode({ a: "x" }, ["response"])), [
		"int_parsing response a",
		"missing response b",
	]);
	assert.deepEqual(
		errorTypes(
			compileSchema(z.object({ at: isoDate })).encode({}, ["response"]),
		),
		["missing response at"],
	);
});

test("a schema is compiled once", () => {
	assert.equal(compileSchema(Filters), compileSchema(Filters));
});

test("a schema of any library is a schema, anything else is not", () => {
	for (const schema of [z.int(), v.string(), type("string")]) {
		assert.ok(isSchema(schema));
	}
	for (const value of [
		null,
		undefined,
		3,
		"x",
		{},
		() => 1,
		{ "~standard": {} },
	]) {
		assert.ok(!isSchema(value));
	}
});

test("the types of a schema's input and output are read off it", () => {
	const schema = z.object({ at: isoDate, n: z.int().default(3) });
	const input: InputOf<typeof schema> = { at: "1970-01-01T00:00:00Z" };
	const output: OutputOf<typeof schema> = { at: new Date(0), n: 3 };
	assert.deepEqual(schema.parse(input), output);
	// @ts-expect-error the input of the codec is a text
	const wrong: InputOf<typeof schema> = { at: new Date(0) };
	assert.throws(() => schema.parse(wrong));
});
