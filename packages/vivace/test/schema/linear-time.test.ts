import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import * as mini from "zod/mini";
import { compileSchema } from "../../src/schema/compile-schema.ts";

async function read(schema: StandardSchemaV1, value: unknown) {
	const parsed = await compileSchema(schema).parseJson(value, ["body"]);
	return parsed.errors === undefined
		? { value: parsed.value }
		: {
				errors: parsed.errors.map(({ type, loc }) => [type, ...loc].join(".")),
			};
}

/** `value` in so many objects. */
function nested(value: object, depth: number): object {
	return depth === 0 ? value : nested({ n: value }, depth - 1);
}

suite("a schema that contains itself in both sides of an intersection", () => {
	const Zod = z.intersection(
		z.object({
			a: z.string().optional(),
			get n() {
				return Zod.optional();
			},
		}),
		z.object({
			b: z.string().optional(),
			get n() {
				return Zod.optional();
			},
		}),
	) as unknown as z.ZodType;
	const Later: z.ZodType = z.lazy(() =>
		z.intersection(
			z.object({ a: z.string().optional(), n: Later.optional() }),
			z.object({
				b: z
					.string()
					.refine(async () => true)
					.optional(),
				n: Later.optional(),
			}),
		),
	);
	const Mini = mini.intersection(
		mini.object({
			a: mini.optional(mini.string()),
			get n() {
				return mini.optional(Mini);
			},
		}),
		mini.object({
			b: mini.optional(mini.string()),
			get n() {
				return mini.optional(Mini);
			},
		}),
	) as unknown as mini.ZodMiniType;
	const Valibot: v.GenericSchema<unknown> = v.intersect([
		v.object({
			a: v.optional(v.string()),
			n: v.optional(v.lazy(() => Valibot)),
		}),
		v.object({
			b: v.optional(v.string()),
			n: v.optional(v.lazy(() => Valibot)),
		}),
	]);
	const ValibotLater: v.GenericSchemaAsync<unknown> = v.intersectAsync([
		v.objectAsync({
			a: v.optional(v.string()),
			n: v.optionalAsync(v.lazyAsync(async () => ValibotLater)),
		}),
		v.objectAsync({
			b: v.optional(v.string()),
			n: v.optionalAsync(v.lazyAsync(() => ValibotLater)),
		}),
	]);
	const schemas: Readonly<Record<string, StandardSchemaV1>> = {
		Zod,
		"Zod, asynchronous": Later,
		"Zod mini": Mini,
		Valibot,
		"Valibot, asynchronous": ValibotLater,
	};
	for (const [name, schema] of Object.entries(schemas)) {
		test(`is read level by level: ${name}`, async () => {
			const right = nested({ a: "x", b: "y" }, 50);
			assert.deepEqual(await read(schema, right), { value: right });
			const wrong = nested({ a: 1, b: 2 }, 50);
			const place = `string_type.body.${"n.".repeat(50)}`;
			assert.deepEqual(await read(schema, wrong), {
				errors: [`${place}a`, `${place}b`],
			});
		});
	}
});

suite("an intersection", () => {
	test("of records takes a time linear in their members", async () => {
		const numbers = Object.fromEntries(
			Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]),
		);
		const record = z.record(z.string(), z.number());
		const timed = async (schema: StandardSchemaV1) => {
			const started = performance.now();
			assert.deepEqual(await read(schema, numbers), { value: numbers });
			return performance.now() - started;
		};
		const one = await timed(record);
		const two = await timed(
			z.intersection(record, z.record(z.string(), z.any())),
		);
		// some 300 times as long if each is searched for
		assert.ok(two < 50 * one, `${one} ms for one, ${two} ms for two`);
	});

	test("gives what Zod gives", async () => {
		const cases: readonly [z.ZodType, unknown][] = [
			[
				z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })),
				{ a: 1, b: 2, c: 3 },
			],
			[
				z.intersection(
					z.strictObject({ a: z.int() }),
					z.strictObject({ b: z.int() }),
				),
				{ a: 1, b: 2 },
			],
			[
				z.intersection(
					z.record(z.string().regex(/^a/), z.int()),
					z.record(z.string().regex(/^b/), z.int()),
				),
				{ a: 1, b: 2 },
			],
			[
				z.intersection(
					z.object({ list: z.array(z.object({ a: z.int() })) }),
					z.object({ list: z.array(z.object({ b: z.int() })) }),
				),
				{ list: [{ a: 1, b: 2 }] },
			],
			[
				z
					.intersection(z.object({ at: z.date() }), z.object({ at: z.date() }))
					.transform(({ at }) => at.getTime()),
				{ at: new Date(5) },
			],
			[z.intersection(z.int(), z.literal([1, 2])), 2],
		];
		for (const [schema, value] of cases) {
			assert.deepEqual(await read(schema, value), {
				value: schema.parse(value),
			});
		}
	});

	test("refuses a key that both sides refuse, once", async () => {
		const strict = z.intersection(
			z.strictObject({ a: z.int().optional() }),
			z.strictObject({ b: z.int().optional() }),
		);
		assert.deepEqual(await read(strict, { a: 1, b: 2, c: 3, d: 4 }), {
			errors: ["extra_forbidden.body.c", "extra_forbidden.body.d"],
		});
		const keys = z.intersection(
			z.record(z.string().max(2), z.int()),
			z.record(z.string().max(3), z.int()),
		);
		assert.deepEqual(await read(keys, { abcd: 1, abc: 2 }), {
			errors: ["string_too_long.body.abcd.[key]"],
		});
	});
});

suite("1 MB that is wrong only at its end, or with one problem", () => {
	const numbers = [...Array(300_000).fill(1), ...Array(150).fill({})];
	const schemas: Readonly<Record<string, StandardSchemaV1>> = {
		Zod: z.array(z.number()),
		"Zod, asynchronous": z.array(z.number()).refine(async () => true),
		Valibot: v.array(v.number()),
		ArkType: type("number[]"),
	};
	for (const [name, schema] of Object.entries(schemas)) {
		test(`is refused with what is wrong: ${name}`, async () => {
			const { errors = [] } = await read(schema, numbers);
			assert.equal(errors.length, 100);
			assert.match(errors[0] ?? "", /body\.300000/);
			const text = [...Array(10_000).fill(1), {}];
			assert.equal((await read(schema, text)).errors?.length, 1);
			const right = Array(10_000).fill(1);
			assert.deepEqual(await read(schema, right), { value: right });
			assert.deepEqual(await read(schema, right.map(String)), { value: right });
		});
	}

	test("is not refused for what the rest of it makes right", async () => {
		const long = Array(10_000).fill(1);
		const schema = z.object({
			list: z.array(z.int()).min(5000),
			sum: z.array(z.int()).refine((list) => list.length === 10_000, "sum"),
			map: z.record(z.string(), z.int()),
			last: z.string(),
		});
		const map = Object.fromEntries(long.map((value, key) => [key, value]));
		const given = { list: long, sum: long, map, last: "z" };
		assert.deepEqual(await read(schema, given), { value: given });
		const union = z.union([schema, z.object({ none: z.int() })]);
		assert.deepEqual(await read(union, given), { value: given });
		const wrong = { ...given, list: Array(10_000).fill("x") };
		assert.equal(
			new Set((await read(schema, wrong)).errors?.map((e) => e.split(".")[2]))
				.size,
			1,
		);
	});
});
