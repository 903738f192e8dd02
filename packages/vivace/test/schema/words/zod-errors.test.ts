import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { compileSchema } from "../../../src/schema/compile-schema.ts";

type Expected = readonly [
	type: string,
	loc: readonly (string | number)[],
	msg: string,
	input: unknown,
	ctx?: Readonly<Record<string, unknown>>,
];

const cat = z.object({ kind: z.literal("cat"), lives: z.int() });
const dog = z.object({ kind: z.literal("dog"), name: z.string() });
const Cat = cat.meta({ id: "ErrorsCat" });
const Dog = dog.meta({ id: "ErrorsDog" });
const pet = z.discriminatedUnion("kind", [cat, dog]);

const notAnInteger =
	"Input should be a valid integer, unable to parse string as an integer";
const notANumber =
	"Input should be a valid number, unable to parse string as a number";
const notAnObject =
	"Input should be a valid dictionary or object to extract fields from";

const rows: readonly [StandardSchemaV1, unknown, ...Expected[]][] = [
	// absence
	[z.int(), undefined, ["missing", [], "Field required", null]],
	[z.object({ a: z.int() }), {}, ["missing", ["a"], "Field required", {}]],
	[
		z.object({ a: z.object({ b: z.enum(["x"]), c: z.date() }) }),
		{ a: { d: 1 } },
		["missing", ["a", "b"], "Field required", { d: 1 }],
		["missing", ["a", "c"], "Field required", { d: 1 }],
	],
	[z.object({ a: z.any() }), {}, ["missing", ["a"], "Field required", {}]],
	[
		z.object({ a: z.union([z.int(), z.string()]) }),
		{},
		["missing", ["a"], "Field required", {}],
	],
	// numbers
	[z.int(), "x", ["int_parsing", [], notAnInteger, "x"]],
	[z.int(), "42.5", ["int_parsing", [], notAnInteger, "42.5"]],
	[z.int(), null, ["int_type", [], "Input should be a valid integer", null]],
	[z.int(), [], ["int_type", [], "Input should be a valid integer", []]],
	[
		z.int(),
		1.5,
		[
			"int_from_float",
			[],
			"Input should be a valid integer, got a number with a fractional part",
			1.5,
		],
	],
	[z.bigint(), "x", ["int_parsing", [], notAnInteger, "x"]],
	[z.number(), "x", ["float_parsing", [], notANumber, "x"]],
	[z.number(), {}, ["float_type", [], "Input should be a valid number", {}]],
	[
		z.number(),
		"inf",
		["finite_number", [], "Input should be a finite number", "inf"],
	],
	[
		z.int(),
		Number.NaN,
		["finite_number", [], "Input should be a finite number", Number.NaN],
	],
	[
		z.int().gt(0),
		"-1",
		["greater_than", [], "Input should be greater than 0", "-1", { gt: 0 }],
	],
	[
		z.int().min(1),
		0,
		[
			"greater_than_equal",
			[],
			"Input should be greater than or equal to 1",
			0,
			{ ge: 1 },
		],
	],
	[
		z.number().lt(10.5),
		11,
		["less_than", [], "Input should be less than 10.5", 11, { lt: 10.5 }],
	],
	[
		z.number().max(1000),
		1001,
		[
			"less_than_equal",
			[],
			"Input should be less than or equal to 1000",
			1001,
			{ le: 1000 },
		],
	],
	[
		z.number().gt(1e-7),
		0,
		[
			"greater_than",
			[],
			"Input should be greater than 0.0000001",
			0,
			{ gt: 1e-7 },
		],
	],
	[
		z.number().multipleOf(5).gt(4),
		3,
		[
			"multiple_of",
			[],
			"Input should be a multiple of 5",
			3,
			{ multiple_of: 5 },
		],
	],
	[
		z.number().meta({ format: "decimal" }),
		"x",
		["decimal_parsing", [], "Input should be a valid decimal", "x"],
	],
	[
		z.number().meta({ format: "decimal" }),
		[],
		[
			"decimal_type",
			[],
			"Decimal input should be an integer, float, string or Decimal object",
			[],
		],
	],
	// booleans and null
	[
		z.boolean(),
		"x",
		[
			"bool_parsing",
			[],
			"Input should be a valid boolean, unable to interpret input",
			"x",
		],
	],
	[
		z.boolean(),
		2,
		[
			"bool_parsing",
			[],
			"Input should be a valid boolean, unable to interpret input",
			2,
		],
	],
	[z.boolean(), 0.5, ["bool_type", [], "Input should be a valid boolean", 0.5]],
	[z.null(), "x", ["none_required", [], "Input should be None", "x"]],
	// texts
	[z.string(), 3, ["string_type", [], "Input should be a valid string", 3]],
	[
		z.string().min(3),
		"x",
		[
			"string_too_short",
			[],
			"String should have at least 3 characters",
			"x",
			{ min_length: 3 },
		],
	],
	[
		z.string().min(1),
		"",
		[
			"string_too_short",
			[],
			"String should have at least 1 character",
			"",
			{ min_length: 1 },
		],
	],
	[
		z.string().length(2),
		"abc",
		[
			"string_too_long",
			[],
			"String should have at most 2 characters",
			"abc",
			{ max_length: 2 },
		],
	],
	[
		z.string().regex(/^fixedquery$/),
		"x",
		[
			"string_pattern_mismatch",
			[],
			"String should match pattern '^fixedquery$'",
			"x",
			{ pattern: "^fixedquery$" },
		],
	],
	[
		z
			.string()
			.regex(/^fixedquery$/)
			.min(3),
		"x",
		[
			"string_too_short",
			[],
			"String should have at least 3 characters",
			"x",
			{ min_length: 3 },
		],
	],
	[
		z.string().startsWith("a."),
		"x",
		[
			"string_pattern_mismatch",
			[],
			"String should match pattern '^a\\..*'",
			"x",
			{ pattern: "^a\\..*" },
		],
	],
	// formats
	[
		z.uuid(),
		"x",
		[
			"uuid_parsing",
			[],
			"Input should be a valid UUID, invalid character: found `x` at 1",
			"x",
			{ error: "invalid character: found `x` at 1" },
		],
	],
	[
		z.uuid(),
		"12345678-1234-1234-1234-12345678901",
		[
			"uuid_parsing",
			[],
			"Input should be a valid UUID, invalid group length in group 4: expected 12, found 11",
			"12345678-1234-1234-1234-12345678901",
			{ error: "invalid group length in group 4: expected 12, found 11" },
		],
	],
	[
		z.uuid(),
		"12345678-1234",
		[
			"uuid_parsing",
			[],
			"Input should be a valid UUID, invalid group count: expected 5, found 2",
			"12345678-1234",
			{ error: "invalid group count: expected 5, found 2" },
		],
	],
	[
		z.uuid(),
		"",
		[
			"uuid_parsing",
			[],
			"Input should be a valid UUID, invalid length: expected length 32 for simple format, found 0",
			"",
			{
				error: "invalid length: expected length 32 for simple format, found 0",
			},
		],
	],
	[
		z.uuidv4(),
		"12345678-1234-1234-8234-123456789012",
		[
			"uuid_version",
			[],
			"UUID version 4 expected",
			"12345678-1234-1234-8234-123456789012",
			{ expected_version: 4 },
		],
	],
	[
		z.uuid(),
		3,
		["uuid_type", [], "UUID input should be a string, bytes or UUID object", 3],
	],
	[
		z.url(),
		"x",
		[
			"url_parsing",
			[],
			"Input should be a valid URL, relative URL without a base",
			"x",
			{ error: "relative URL without a base" },
		],
	],
	...(
		[
			["", "input is empty"],
			["http://", "empty host"],
			["http://[", "invalid IPv6 address"],
			["http://a:99999", "invalid port number"],
			["http://a b", "invalid international domain name"],
		] as const
	).map(([text, error]): [StandardSchemaV1, unknown, Expected] => [
		z.url(),
		text,
		[
			"url_parsing",
			[],
			`Input should be a valid URL, ${error}`,
			text,
			{ error },
		],
	]),
	[
		z.httpUrl(),
		"ftp://example.com",
		[
			"url_scheme",
			[],
			"URL scheme should be 'http' or 'https'",
			"ftp://example.com",
			{ expected_schemes: "'http' or 'https'" },
		],
	],
	[z.url(), 3, ["url_type", [], "URL input should be a string or URL", 3]],
	...(
		[
			["x", "An email address must have an @-sign."],
			["@x", "There must be something before the @-sign."],
			["x@", "There must be something after the @-sign."],
			[
				"x@y",
				"The part after the @-sign is not valid. It should have a period.",
			],
			["x@y..z", "An email address cannot have two periods in a row."],
			[
				"a b@x.com",
				"The email address contains invalid characters before the @-sign: SPACE.",
			],
			[
				"a@b@c.com",
				"The part after the @-sign contains invalid characters: '@'.",
			],
		] as const
	).map(([text, reason]): [StandardSchemaV1, unknown, Expected] => [
		z.email(),
		text,
		[
			"value_error",
			[],
			`value is not a valid email address: ${reason}`,
			text,
			{ reason },
		],
	]),
	[
		z.ipv4(),
		"x",
		["ip_v4_address", [], "Input is not a valid IPv4 address", "x"],
	],
	[
		z.ipv6(),
		"x",
		["ip_v6_address", [], "Input is not a valid IPv6 address", "x"],
	],
	[
		z.base64(),
		"q!",
		[
			"base64_decode",
			[],
			"Base64 decoding error: 'Only base64 data is allowed'",
			"q!",
			{ error: "Only base64 data is allowed" },
		],
	],
	// dates and times
	[
		z.date(),
		"x",
		[
			"datetime_from_date_parsing",
			[],
			"Input should be a valid datetime or date, input is too short",
			"x",
			{ error: "input is too short" },
		],
	],
	[
		z.iso.datetime(),
		"2018-13-22T00:00:00Z",
		[
			"datetime_from_date_parsing",
			[],
			"Input should be a valid datetime or date, month value is outside expected range of 1-12",
			"2018-13-22T00:00:00Z",
			{ error: "month value is outside expected range of 1-12" },
		],
	],
	[
		z.date(),
		null,
		["datetime_type", [], "Input should be a valid datetime", null],
	],
	[
		z.date().min(new Date(0)),
		"1969-01-01T00:00:00Z",
		[
			"greater_than_equal",
			[],
			"Input should be greater than or equal to 1970-01-01T00:00:00Z",
			"1969-01-01T00:00:00Z",
			{ ge: "1970-01-01T00:00:00Z" },
		],
	],
	[
		z.iso.date(),
		"x",
		[
			"date_from_datetime_parsing",
			[],
			"Input should be a valid date or datetime, input is too short",
			"x",
			{ error: "input is too short" },
		],
	],
	[
		z.iso.date(),
		"2018-12-22T10:00Z",
		[
			"date_from_datetime_inexact",
			[],
			"Datetimes provided to dates should have zero time - e.g. be exact dates",
			"2018-12-22T10:00Z",
		],
	],
	[
		z.iso.date(),
		3,
		[
			"date_from_datetime_inexact",
			[],
			"Datetimes provided to dates should have zero time - e.g. be exact dates",
			3,
		],
	],
	[z.iso.date(), true, ["date_type", [], "Input should be a valid date", true]],
	[
		z.iso.time(),
		"25:00:00",
		[
			"time_parsing",
			[],
			"Input should be in a valid time format, hour value is outside expected range of 0-23",
			"25:00:00",
			{ error: "hour value is outside expected range of 0-23" },
		],
	],
	[z.iso.time(), null, ["time_type", [], "Input should be a valid time", null]],
	[
		z.iso.duration(),
		"x",
		[
			"time_delta_parsing",
			[],
			"Input should be a valid timedelta, invalid digit in duration",
			"x",
			{ error: "invalid digit in duration" },
		],
	],
	// choices
	[
		z.enum(["alexnet", "resnet", "lenet"]),
		"foo",
		[
			"enum",
			[],
			"Input should be 'alexnet', 'resnet' or 'lenet'",
			"foo",
			{ expected: "'alexnet', 'resnet' or 'lenet'" },
		],
	],
	[
		z.literal(["created_at", "updated_at"]),
		"foo",
		[
			"literal_error",
			[],
			"Input should be 'created_at' or 'updated_at'",
			"foo",
			{ expected: "'created_at' or 'updated_at'" },
		],
	],
	[
		z.literal(["it's", 3, true, null]),
		"q",
		[
			"literal_error",
			[],
			`Input should be "it's", 3, True or None`,
			"q",
			{ expected: `"it's", 3, True or None` },
		],
	],
	[
		z.literal("a").nullish(),
		"b",
		["literal_error", [], "Input should be 'a'", "b", { expected: "'a'" }],
	],
	// lists, tuples, sets
	[z.array(z.int()), 3, ["list_type", [], "Input should be a valid list", 3]],
	[z.array(z.int()), ["1", "x"], ["int_parsing", [1], notAnInteger, "x"]],
	[
		z.array(z.int()).min(1),
		[],
		[
			"too_short",
			[],
			"List should have at least 1 item after validation, not 0",
			[],
			{ field_type: "List", min_length: 1, actual_length: 0 },
		],
	],
	[
		z.array(z.int()).max(2),
		[1, 2, 3],
		[
			"too_long",
			[],
			"List should have at most 2 items after validation, not 3",
			[1, 2, 3],
			{ field_type: "List", max_length: 2, actual_length: 3 },
		],
	],
	[
		z.tuple([z.int(), z.string()]),
		3,
		["tuple_type", [], "Input should be a valid tuple", 3],
	],
	[
		z.tuple([z.int(), z.string()]),
		[],
		["missing", [0], "Field required", []],
		["missing", [1], "Field required", []],
	],
	[
		z.tuple([z.int(), z.int()]),
		[1, 2, 3],
		[
			"too_long",
			[],
			"Tuple should have at most 2 items after validation, not 3",
			[1, 2, 3],
			{ field_type: "Tuple", max_length: 2, actual_length: 3 },
		],
	],
	[z.set(z.int()), 3, ["set_type", [], "Input should be a valid set", 3]],
	[
		z.set(z.int()),
		["x", 1, "y"],
		["int_parsing", [0], notAnInteger, "x"],
		["int_parsing", [2], notAnInteger, "y"],
	],
	[
		z.set(z.int()).max(2),
		[1, 2, 3],
		[
			"too_long",
			[],
			"Set should have at most 2 items after validation, not more",
			[1, 2, 3],
			{ field_type: "Set", max_length: 2, actual_length: null },
		],
	],
	// objects and mappings
	[z.object({ a: z.int() }), 3, ["model_attributes_type", [], notAnObject, 3]],
	[
		z.object({ a: z.object({}) }),
		{ a: [] },
		["model_attributes_type", ["a"], notAnObject, []],
	],
	[
		z.strictObject({ a: z.int() }),
		{ b: 2, a: "x", c: 3 },
		["int_parsing", ["a"], notAnInteger, "x"],
		["extra_forbidden", ["b"], "Extra inputs are not permitted", 2],
		["extra_forbidden", ["c"], "Extra inputs are not permitted", 3],
	],
	[
		z.record(z.string(), z.int()),
		3,
		["dict_type", [], "Input should be a valid dictionary", 3],
	],
	[
		z.record(z.string(), z.int()),
		{ a: "x" },
		["int_parsing", ["a"], notAnInteger, "x"],
	],
	[
		z.record(z.int(), z.number()),
		{ foo: 2.2 },
		["int_parsing", ["foo", "[key]"], notAnInteger, "foo"],
	],
	[
		z.map(z.string(), z.int()),
		3,
		["dict_type", [], "Input should be a valid dictionary", 3],
	],
	// unions
	[
		z.union([z.int(), z.boolean()]),
		"x",
		["int_parsing", ["int"], notAnInteger, "x"],
		[
			"bool_parsing",
			["bool"],
			"Input should be a valid boolean, unable to interpret input",
			"x",
		],
	],
	[
		z.union([z.int(), z.array(z.int())]),
		["1", "x"],
		["int_type", ["int"], "Input should be a valid integer", ["1", "x"]],
		["int_parsing", ["list[int]", 1], notAnInteger, "x"],
	],
	[z.union([z.int(), z.null()]), "x", ["int_parsing", [], notAnInteger, "x"]],
	[
		z.union([z.int().gt(3), z.string().min(3)]),
		2,
		[
			"greater_than",
			["constrained-int"],
			"Input should be greater than 3",
			2,
			{ gt: 3 },
		],
		["string_type", ["constrained-str"], "Input should be a valid string", 2],
	],
	[
		z.union([Cat, Dog]),
		{ kind: "cat" },
		["missing", ["ErrorsCat", "lives"], "Field required", { kind: "cat" }],
		[
			"literal_error",
			["ErrorsDog", "kind"],
			"Input should be 'dog'",
			"cat",
			{ expected: "'dog'" },
		],
		["missing", ["ErrorsDog", "name"], "Field required", { kind: "cat" }],
	],
	[
		z.union([
			z.record(z.string(), z.int()),
			z.array(z.int().nullable()),
			z.tuple([z.int(), z.string()]),
			z.literal(["q", 1]),
			z.iso.date(),
		]),
		null,
		[
			"dict_type",
			["dict[str,int]"],
			"Input should be a valid dictionary",
			null,
		],
		[
			"list_type",
			["list[nullable[int]]"],
			"Input should be a valid list",
			null,
		],
		["tuple_type", ["tuple[int, str]"], "Input should be a valid tuple", null],
		[
			"literal_error",
			["literal['q',1]"],
			"Input should be 'q' or 1",
			null,
			{ expected: "'q' or 1" },
		],
		["date_type", ["date"], "Input should be a valid date", null],
	],
	[
		pet,
		{ kind: "fish" },
		[
			"union_tag_invalid",
			[],
			"Input tag 'fish' found using 'kind' does not match any of the expected tags: 'cat', 'dog'",
			{ kind: "fish" },
			{
				discriminator: "'kind'",
				tag: "fish",
				expected_tags: "'cat', 'dog'",
			},
		],
	],
	[
		pet,
		{},
		[
			"union_tag_not_found",
			[],
			"Unable to extract tag using discriminator 'kind'",
			{},
			{ discriminator: "'kind'" },
		],
	],
	[pet, 3, ["model_attributes_type", [], notAnObject, 3]],
	[
		z.array(pet),
		[{ kind: "cat", lives: "x" }],
		["int_parsing", [0, "cat", "lives"], notAnInteger, "x"],
	],
	// the app's own checks
	[
		z.string().refine((text) => text === "a", "must be a"),
		"b",
		["value_error", [], "Value error, must be a", "b", { error: {} }],
	],
	[
		z
			.object({ a: z.string(), b: z.string() })
			.refine(({ a, b }) => a === b, { message: "must agree", path: ["b"] }),
		{ a: "1", b: "2" },
		["value_error", ["b"], "Value error, must agree", "2", { error: {} }],
	],
	[
		z.string().transform((text, context) => {
			context.addIssue("never good");
			return text;
		}),
		"b",
		["value_error", [], "Value error, never good", "b", { error: {} }],
	],
];

for (const [schema, value, ...expected] of rows) {
	const types = expected.map(([type, loc]) => [type, ...loc].join(" "));
	test(`${JSON.stringify(value)} is refused with ${types.join(", ")}`, async () => {
		const parsed = await compileSchema(schema).parseJson(value, ["body"]);
		assert.deepEqual(
			parsed.errors,
			expected.map(([type, loc, msg, input, ctx]) => ({
				type,
				loc: ["body", ...loc],
				msg,
				input,
				...(ctx && { ctx }),
			})),
		);
	});
}

test("a secret is left out of its own error and of the input of those around it", () => {
	const Login = z.object({
		user: z.string(),
		password: z.string().min(8).meta({ format: "password" }),
		pin: z.int().nullish().meta({ writeOnly: true }),
	});
	const body = {
		login: { password: "hunter2", pin: "1234" },
		all: [{ pin: 1 }],
	};
	const schema = z.object({ login: Login, all: z.array(Login), last: z.int() });
	const { errors = [] } = compileSchema(schema).parseJson(body, ["body"]) as {
		errors?: readonly { loc: unknown; input?: unknown }[];
	};
	assert.deepEqual(
		errors.map(({ loc, input }) => [loc, input]),
		[
			[["body", "login", "user"], {}],
			[["body", "login", "password"], undefined],
			[["body", "all", 0, "user"], {}],
			[["body", "all", 0, "password"], {}],
			[["body", "last"], { login: {}, all: [{}] }],
		],
	);
	assert.ok(!JSON.stringify(errors).includes("hunter2"));
	assert.ok(errors[1] !== undefined && !("input" in errors[1]));
});

test("strictly, a text in place of a number is of the wrong type, not unparsable", () => {
	const schema = compileSchema(z.object({ a: z.int(), b: z.boolean() }));
	const body = { a: "1", b: 1 };
	const parsed = schema.parseJson(body, ["body"], { strict: true });
	assert.deepEqual(parsed, {
		errors: [
			{
				type: "int_type",
				loc: ["body", "a"],
				msg: "Input should be a valid integer",
				input: "1",
			},
			{
				type: "bool_type",
				loc: ["body", "b"],
				msg: "Input should be a valid boolean",
				input: 1,
			},
		],
	});
});
