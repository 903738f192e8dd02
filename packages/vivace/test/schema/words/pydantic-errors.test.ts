import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { compileSchema } from "../../../src/schema/compile-schema.ts";

type Told = readonly [type: string, loc: string, msg?: string];

const Pair = z.tuple([z.int(), z.string()]);
const Level = z.enum({ low: 1, high: 2 });
const Colour = z.enum(["red", "blue"]);

// as Pydantic 2.14 says it; a text may be left out where the type says all
const rows: readonly [
	schema: StandardSchemaV1,
	received: unknown,
	told: readonly Told[],
][] = [
	// a tuple that is too short is looked at as far as it goes, one that is too long not at all
	[
		Pair,
		[null],
		[
			["int_type", "0"],
			["missing", "1"],
		],
	],
	[Pair, [null, "a"], [["int_type", "0"]]],
	[Pair, [1, 2, 3], [["too_long", ""]]],
	[z.object({ p: Pair }), { p: [1, 2, 3] }, [["too_long", "p"]]],
	[
		v.tuple([v.number(), v.string()]),
		[null],
		[
			["float_type", "0"],
			["missing", "1"],
		],
	],
	[z.tuple([z.int(), z.any()]), [1], [["missing", "1"]]],
	// a list or a set is counted when its items are right
	[z.array(z.int()).min(2), ["x"], [["int_parsing", "0"]]],
	[z.array(z.int()).length(2), [1], [["too_short", ""]]],
	[
		z.object({ l: z.array(z.int()).length(2) }),
		{ l: [null] },
		[["int_type", "l.0"]],
	],
	[z.set(z.int()).min(3), ["x", 1], [["int_parsing", "0"]]],
	[
		v.pipe(v.array(v.number()), v.minLength(2)),
		["x"],
		[["float_parsing", "0"]],
	],
	// every wrong item of a set, also one that is given twice
	[
		z.set(z.int()),
		["a", "b"],
		[
			["int_parsing", "0"],
			["int_parsing", "1"],
		],
	],
	[
		z.set(z.int()),
		["a", 1, "a"],
		[
			["int_parsing", "0"],
			["int_parsing", "2"],
		],
	],
	[
		z.object({ s: z.set(z.int()) }),
		{ s: [[1], [2]] },
		[
			["int_type", "s.0"],
			["int_type", "s.1"],
		],
	],
	// a mapping's key and its value
	[
		z.record(z.string().min(2), z.int()),
		{ a: "x" },
		[
			["string_too_short", "a.[key]"],
			["int_parsing", "a"],
		],
	],
	[z.partialRecord(Colour, z.int()), { green: 1 }, [["enum", "green.[key]"]]],
	[
		z.partialRecord(Colour, z.int()),
		{ green: "x" },
		[
			["enum", "green.[key]"],
			["int_parsing", "green"],
		],
	],
	// the bound of JavaScript's numbers is told only where there is none of the schema's own
	[
		z.int().max(10),
		2 ** 53 + 2,
		[["less_than_equal", "", "Input should be less than or equal to 10"]],
	],
	[
		z.int().max(10),
		"9007199254740994",
		[["less_than_equal", "", "Input should be less than or equal to 10"]],
	],
	[z.null().nullish(), true, [["none_required", ""]]],
	[
		z.discriminatedUnion("k", [
			z.object({ k: z.literal("a") }),
			z.object({ k: z.literal("b") }),
		]),
		{ k: null },
		[
			[
				"union_tag_invalid",
				"",
				"Input tag 'None' found using 'k' does not match any of the expected tags: 'a', 'b'",
			],
		],
	],
	[Level, "3", [["enum", "", "Input should be 1 or 2"]]],
	[z.int(), "9".repeat(4301), [["int_parsing_size", ""]]],
	[
		z.url().max(10),
		"http://example.com",
		[["url_too_long", "", "URL should have at most 10 characters"]],
	],
	[
		z.date(),
		1e17,
		[
			[
				"datetime_parsing",
				"",
				"Input should be a valid datetime, dates after 9999 are not supported as unix timestamps",
			],
		],
	],
	[
		z.date(),
		"0000-01-01",
		[
			[
				"datetime_parsing",
				"",
				"Input should be a valid datetime, year 0 is out of range",
			],
		],
	],
	[
		z.date(),
		"1000000000000000",
		[
			[
				"datetime_from_date_parsing",
				"",
				"Input should be a valid datetime or date, dates after 9999 are not supported as unix timestamps",
			],
		],
	],
	[z.iso.date(), "0000-01-01T00:00", [["date_parsing", ""]]],
	[z.iso.date(), 86_400.5, [["date_from_datetime_inexact", ""]]],
	[
		z.iso.date(),
		"2020-01-01T00:00+02",
		[
			[
				"date_from_datetime_parsing",
				"",
				"Input should be a valid date or datetime, invalid timezone minute",
			],
		],
	],
	[
		z.iso.time(),
		-1,
		[
			[
				"time_parsing",
				"",
				"Input should be in a valid time format, time in seconds should be positive",
			],
		],
	],
	[
		z.iso.time(),
		86_400,
		[
			[
				"time_parsing",
				"",
				"Input should be in a valid time format, numeric times may not exceed 86,399 seconds",
			],
		],
	],
	[
		z.iso.time(),
		"10:00 AM",
		[
			[
				"time_parsing",
				"",
				"Input should be in a valid time format, invalid timezone sign",
			],
		],
	],
	[
		z.iso.time(),
		"éé0",
		[
			[
				"time_parsing",
				"",
				"Input should be in a valid time format, invalid character in hour",
			],
		],
	],
	[
		z.iso.duration(),
		1e20,
		[
			[
				"time_delta_parsing",
				"",
				"Input should be a valid timedelta, durations may not exceed 999,999,999 days",
			],
		],
	],
];

describe("problems are those that Pydantic tells, and no others", () => {
	for (const [schema, received, told] of rows) {
		const shown = JSON.stringify(received).slice(0, 60);
		test(`${shown}: ${told.map(([name, loc]) => `${name} at "${loc}"`).join(", ")}`, async () => {
			const { errors = [] } = await compileSchema(schema).parseJson(
				received,
				[],
			);
			const found = errors.map(({ type, loc, msg }, index) => [
				type,
				loc.join("."),
				...(told[index]?.[2] === undefined ? [] : [msg]),
			]);
			assert.deepEqual(found, told);
		});
	}
});

const addresses: readonly [address: string, reason: string][] = [
	[
		"a\\b@c.de",
		'The email address contains invalid characters before the @-sign: "\\".',
	],
	[
		"a\tb@c.de",
		"The email address contains invalid characters before the @-sign: U+0009.",
	],
	[".a@b.co", "An email address cannot start with a period."],
	[
		"a.@b.co",
		"An email address cannot have a period immediately before the @-sign.",
	],
	['"ab"@c.de', "Quoting the part before the @-sign is not allowed here."],
	['"ab@c.de', "An email address must have an @-sign."],
	[
		"a@-b.co",
		"An email address cannot have a hyphen immediately after the @-sign.",
	],
	["a@b.co.", "An email address cannot end with a period."],
	[
		"a@[1.2.3.4]",
		"A bracketed IP address after the @-sign is not allowed here.",
	],
	[
		"a@b.1",
		"The part after the @-sign is not valid. It is not within a valid top-level domain.",
	],
];

test("an address is refused in the words of Pydantic's library", async () => {
	const { parseText } = compileSchema(z.email());
	for (const [address, reason] of addresses) {
		const { errors } = await parseText(address, ["query"]);
		assert.deepEqual(errors?.[0]?.ctx, { reason }, address);
	}
});

describe("of the other libraries too", () => {
	const Pair = v.object({ a: v.number(), b: v.number() });
	const Either = v.union([v.object({ name: v.string() }), Pair]);
	const cases: readonly [
		schema: StandardSchemaV1,
		received: unknown,
		told: readonly Told[],
	][] = [
		[v.set(v.number()), ["a", 1], [["float_parsing", "0"]]],
		[Pair, [], [["model_attributes_type", ""]]],
		[
			v.object({ a: v.optional(v.number()) }),
			[],
			[["model_attributes_type", ""]],
		],
		[v.record(v.string(), v.number()), [1], [["dict_type", ""]]],
		[v.array(Pair), [[1]], [["model_attributes_type", "0"]]],
		[
			Either,
			{ a: "x" },
			[
				["missing", "model.name"],
				["float_parsing", "model.a"],
				["missing", "model.b"],
			],
		],
		[type({ a: "number", b: "number" }), [], [["model_attributes_type", ""]]],
		[type({ l: { a: "number" } }), { l: [] }, [["model_attributes_type", "l"]]],
		[
			type({ "+": "reject", a: "number" }),
			[1],
			[["model_attributes_type", ""]],
		],
	];
	for (const [schema, received, told] of cases) {
		const { vendor } = schema["~standard"];
		test(`${vendor}: ${JSON.stringify(received)} has ${told.map(([name]) => name)}`, async () => {
			const { errors = [] } = await compileSchema(schema).parseJson(
				received,
				[],
			);
			const found = errors.map(({ type: name, loc }) => [name, loc.join(".")]);
			assert.deepEqual(found, told);
		});
	}
});
