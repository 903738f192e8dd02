import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import * as mini from "zod/mini";
import { Random } from "../../../../../scripts/fuzz/random.ts";
import { zodLibrary } from "../../../src/schema/library/zod.ts";

const plain = {
	text: z.string(),
	"text of a length": z.string().min(2).max(5).max(4),
	"text of one length": z.string().length(1),
	"zod mini's text": mini.string().check(mini.minLength(2)),
	number: z.number(),
	"positive number": z.number().gt(0).lt(100),
	"number within bounds": z.number().gte(-5).lte(5).gt(-6).lt(7),
	integer: z.int(),
	"integer by a check": z.number().int(),
	"integer within bounds": z.int().min(1).max(100).optional(),
	boolean: z.boolean().nullish(),
	enum: z.enum(["a", "bc"]).default("a"),
	"enum of numbers": z.enum({ one: 1, two: 2 }),
	literal: z.literal(["abc", 3, true]).readonly(),
	described: z.string().max(3).meta({ description: "a text" }).brand("short"),
} satisfies Record<string, z.core.$ZodType>;

const others = {
	"a coercion": z.coerce.number(),
	"a pattern": z.string().regex(/a/),
	"a format": z.uuid(),
	"a change": z.string().trim(),
	"a refinement": z.string().refine((text) => text !== "a"),
	"a refinement of what is optional": z
		.string()
		.optional()
		.refine((text) => text !== "a"),
	"a multiple": z.int().multipleOf(5),
	"a catch": z.string().catch("a"),
	"a transform": z.string().transform(Number),
	"a union": z.union([z.string(), z.int()]),
	"a bigint's bound": z.bigint().min(3n),
	"32 bits": z.int32(),
} satisfies Record<string, z.core.$ZodType>;

const edges = [
	...[0, -0, 1, 100, 101, 5, -5, -6, 0.5, 2 ** 53 - 1, 2 ** 53, 2 ** 31],
	...[Number.NaN, Number.POSITIVE_INFINITY, 1e300, 3n, "", "a", "ab", "abc"],
	...[
		"abcd",
		"abcde",
		"👍👍",
		"3",
		true,
		false,
		[],
		{},
		Symbol("a"),
		new Date(),
	],
];

suite("what passes without asking Zod", () => {
	for (const [name, schema] of Object.entries(plain)) {
		test(name, () => {
			const validation = zodLibrary.validation?.(schema, {
				prefersMostSet: false,
			});
			const passes = validation?.passes;
			assert.ok(passes);
			const random = new Random(7);
			const values = [
				...edges,
				...Array.from({ length: 300 }, () => random.next() * 400 - 200),
				...Array.from({ length: 300 }, () => random.below(300) - 100),
				...Array.from({ length: 100 }, () => "x".repeat(random.below(8))),
			];
			let count = 0;
			for (const value of values.filter(passes)) {
				count++;
				const result = schema["~standard"].validate(value);
				assert.ok(!(result instanceof Promise));
				assert.ok(
					result.issues === undefined,
					`it is refused: ${String(value)}`,
				);
				assert.equal(result.value, value);
			}
			assert.ok(count > 0);
			assert.equal(passes(undefined), false);
		});
	}

	for (const [name, schema] of Object.entries(others)) {
		test(`not ${name}`, () => {
			const validation = zodLibrary.validation?.(schema, {
				prefersMostSet: false,
			});
			assert.equal(validation?.passes, undefined);
		});
	}
});
