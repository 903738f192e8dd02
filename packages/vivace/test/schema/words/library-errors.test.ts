import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { compileSchema } from "../../../src/schema/compile-schema.ts";

/** `type loc…: msg`, one a line. */
type Errors = readonly string[];

const described = <Schema extends v.GenericSchema>(
	schema: Schema,
): StandardSchemaV1 => toStandardJsonSchema(schema);

const rows: readonly [
	what: string,
	value: unknown,
	valibot: StandardSchemaV1,
	arktype: StandardSchemaV1,
	Errors,
][] = [
	[
		"an absent field",
		{},
		described(v.object({ a: v.number() })),
		type({ a: "number" }),
		["missing a: Field required"],
	],
	[
		"a text that is no integer",
		"x",
		described(v.pipe(v.number(), v.integer())),
		type("number.integer"),
		[
			"int_parsing: Input should be a valid integer, unable to parse string as an integer",
		],
	],
	[
		"a fraction in place of an integer",
		1.5,
		described(v.pipe(v.number(), v.integer(), v.minValue(3))),
		type("number.integer >= 3"),
		[
			"int_from_float: Input should be a valid integer, got a number with a fractional part",
		],
	],
	[
		"a text that is no number",
		"x",
		described(v.number()),
		type("number"),
		[
			"float_parsing: Input should be a valid number, unable to parse string as a number",
		],
	],
	[
		"a text that is no boolean",
		"x",
		described(v.boolean()),
		type("boolean"),
		[
			"bool_parsing: Input should be a valid boolean, unable to interpret input",
		],
	],
	[
		"a number in place of a text",
		3,
		described(v.string()),
		type("string"),
		["string_type: Input should be a valid string"],
	],
	[
		"a number that is too small",
		"2",
		described(v.pipe(v.number(), v.gtValue(3))),
		type("number > 3"),
		["greater_than: Input should be greater than 3"],
	],
	[
		"a number that is too big",
		5,
		described(v.pipe(v.number(), v.maxValue(3))),
		type("number <= 3"),
		["less_than_equal: Input should be less than or equal to 3"],
	],
	[
		"a number that is no multiple",
		2,
		described(v.pipe(v.number(), v.multipleOf(3))),
		type("number % 3"),
		["multiple_of: Input should be a multiple of 3"],
	],
	[
		"a text that is too short",
		"x",
		described(v.pipe(v.string(), v.minLength(3))),
		type("string >= 3"),
		["string_too_short: String should have at least 3 characters"],
	],
	[
		"a text of the wrong length",
		"xyz",
		described(v.pipe(v.string(), v.length(2))),
		type("string == 2"),
		["string_too_long: String should have at most 2 characters"],
	],
	[
		"a text that does not match",
		"x",
		described(v.pipe(v.string(), v.regex(/^a$/))),
		type(/^a$/),
		["string_pattern_mismatch: String should match pattern '^a$'"],
	],
	[
		"a text that is no email address",
		"x",
		described(v.pipe(v.string(), v.email())),
		type("string.email"),
		[
			"value_error: value is not a valid email address: An email address must have an @-sign.",
		],
	],
	[
		"a text that is no UUID",
		"x",
		described(v.pipe(v.string(), v.uuid())),
		type("string.uuid"),
		[
			"uuid_parsing: Input should be a valid UUID, invalid character: found `x` at 1",
		],
	],
	[
		"a text that is no URL",
		"x",
		described(v.pipe(v.string(), v.url())),
		type("string.url"),
		["url_parsing: Input should be a valid URL, relative URL without a base"],
	],
	[
		"a text that is no date",
		"x",
		described(v.date()),
		type("Date"),
		[
			"datetime_from_date_parsing: Input should be a valid datetime or date, input is too short",
		],
	],
	[
		"a value that is none of the literals",
		"c",
		described(v.literal("a")),
		type("'a'"),
		["literal_error: Input should be 'a'"],
	],
	[
		"a value that is no list",
		3,
		described(v.array(v.number())),
		type("number[]"),
		["list_type: Input should be a valid list"],
	],
	[
		"a list that is too short",
		[1],
		described(v.pipe(v.array(v.number()), v.minLength(2))),
		type("number[] >= 2"),
		["too_short: List should have at least 2 items after validation, not 1"],
	],
	[
		"a tuple that is too short",
		[1],
		described(v.tuple([v.number(), v.string()])),
		type(["number", "string"]),
		["missing 1: Field required"],
	],
	[
		"a tuple that is too long",
		[1, 2],
		described(v.strictTuple([v.number()])),
		type(["number"]),
		["too_long: Tuple should have at most 1 item after validation, not 2"],
	],
	[
		"a value that is no object",
		3,
		described(v.object({ a: v.number() })),
		type({ a: "number" }),
		[
			"model_attributes_type: Input should be a valid dictionary or object to extract fields from",
		],
	],
	[
		"a value that is no record",
		3,
		described(v.record(v.string(), v.number())),
		type({ "[string]": "number" }),
		["dict_type: Input should be a valid dictionary"],
	],
	[
		"surplus keys",
		{ a: 1, b: 2, c: 3 },
		described(v.strictObject({ a: v.number() })),
		type({ "+": "reject", a: "number" }),
		[
			"extra_forbidden b: Extra inputs are not permitted",
			"extra_forbidden c: Extra inputs are not permitted",
		],
	],
	[
		"a value that fits no member of a union",
		"x",
		described(v.union([v.number(), v.boolean()])),
		type("number | boolean"),
		[
			"float_parsing float: Input should be a valid number, unable to parse string as a number",
			"bool_parsing bool: Input should be a valid boolean, unable to interpret input",
		],
	],
	[
		"a wrong value where null will do",
		{ a: "x" },
		described(v.object({ a: v.nullish(v.number()) })),
		type({ "a?": "number | null" }),
		[
			"float_parsing a: Input should be a valid number, unable to parse string as a number",
		],
	],
	[
		"a value that the app's own check refuses",
		"x",
		described(
			v.pipe(
				v.string(),
				v.check(() => false, "must be odd"),
			),
		),
		type("string").narrow((_, context) => context.mustBe("odd")),
		["value_error: Value error, must be odd"],
	],
];

const plain: readonly [StandardSchemaV1, unknown, unknown][] = [
	[v.pipe(v.number(), v.integer()), "42", 42],
	[v.nullish(v.boolean()), "on", true],
	[v.array(v.number()), ["1", "2"], [1, 2]],
	[v.set(v.bigint()), ["1"], new Set([1n])],
	[v.picklist([1, 2]), "2", 2],
	[v.union([v.number(), v.boolean()]), "yes", true],
	[described(v.set(v.date())), ["1970-01-01"], new Set([new Date(0)])],
	[v.pipe(v.number(), v.transform(String)), "42", "42"],
];

for (const [schema, text, value] of plain) {
	test(`valibot: without JSON Schema ${JSON.stringify(text)} is converted all the same`, () => {
		const parsed = compileSchema(schema).parseText(
			text as string | readonly string[],
			["query", "q"],
		);
		assert.deepEqual(parsed instanceof Promise || parsed.value, value);
	});
}

test("valibot: a recursive object converts at any depth", () => {
	interface Tree {
		readonly at: Date;
		readonly children: readonly Tree[];
	}
	const Tree: v.GenericSchema<Tree> = v.object({
		at: v.date(),
		children: v.array(v.lazy(() => Tree)),
	});
	const compiled = compileSchema(Tree);
	assert.equal(compiled.kind, "object");
	const body = {
		at: "1970-01-01",
		children: [{ at: "1970-01-01", children: [] }],
	};
	const value: Tree = {
		at: new Date(0),
		children: [{ at: new Date(0), children: [] }],
	};
	const parsed = compiled.parseJson(body, ["body"]);
	assert.deepEqual(parsed instanceof Promise || parsed.value, value);
	const encoded = compiled.encode(value, ["response"]);
	assert.deepEqual(encoded instanceof Promise || encoded.value, {
		at: "1970-01-01T00:00:00Z",
		children: [{ at: "1970-01-01T00:00:00Z", children: [] }],
	});
});

for (const [what, value, valibot, arktype, expected] of rows) {
	for (const [library, schema] of Object.entries({ valibot, arktype })) {
		test(`${library}: ${what} is refused in FastAPI's words`, async () => {
			const parsed = await compileSchema(schema).parseJson(value, ["body"]);
			assert.deepEqual(
				parsed.errors?.map(({ type, loc, msg }) =>
					[`${[type, ...loc.slice(1)].join(" ")}`, msg].join(": "),
				),
				expected,
			);
		});
	}
}

test("valibot: a discriminator that no variant knows is named with its tags", () => {
	const schema = described(
		v.variant("k", [
			v.object({ k: v.literal("a"), n: v.number() }),
			v.object({ k: v.literal("b") }),
		]),
	);
	const { parseJson } = compileSchema(schema);
	const types = [{ k: "z" }, {}, { k: "a", n: "x" }].map((value) => {
		const { errors } = parseJson(value, ["body"]) as {
			errors: readonly { type: string; loc: readonly unknown[] }[];
		};
		return errors.map(({ type, loc }) => [type, ...loc].join(" "));
	});
	assert.deepEqual(types, [
		["union_tag_invalid body"],
		["union_tag_not_found body"],
		["float_parsing body a n"],
	]);
});

test("the issues of a library that nobody knows keep their message", () => {
	const schema: StandardSchemaV1 = {
		"~standard": {
			version: 1,
			vendor: "homemade",
			validate: () => ({
				issues: [{ message: "no good", path: ["a", { key: 0 }] }],
			}),
		},
	};
	const compiled = compileSchema(schema);
	assert.equal(compiled.kind, "any");
	assert.deepEqual(compiled.parseJson({ a: [7] }, ["body"]), {
		errors: [
			{
				type: "value_error",
				loc: ["body", "a", 0],
				msg: "Value error, no good",
				input: 7,
				ctx: { error: {} },
			},
		],
	});
});
