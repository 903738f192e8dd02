import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { inspect } from "node:util";
import { z } from "zod";
import * as mini from "zod/mini";
import { Random } from "../../../../../scripts/fuzz/random.ts";
import { zodLibrary } from "../../../src/schema/library/zod.ts";

const flat = z.object({
	name: z.string().min(1).max(4),
	size: z.number().gt(0),
	count: z.int().default(3),
	kind: z.enum(["a", "b"]).optional(),
	note: z.string().nullish(),
});

const plain = {
	flat,
	"a list of texts": z.array(z.string()),
	"a list of objects": z.array(flat),
	"lists of lists": z.array(z.array(z.int().nullable())),
	nested: z.object({
		one: flat,
		several: z.array(flat).optional(),
		filled: z.array(z.int()).default([7]),
		either: flat.nullish(),
		there: flat.optional().nonoptional(),
	}),
	"absence in every order": z.object({
		a: z.string().optional().nullable(),
		b: z.string().nullable().optional(),
		c: z.string().default("c").optional(),
		d: z.string().optional().default("d"),
		e: z.string().prefault("e").nullable(),
		f: z.string().nullable().default(null),
		g: z.object({ h: z.string().optional() }).optional().nullable(),
	}),
	"an object or null": flat.nullable(),
	"zod mini": mini.object({ a: mini.array(mini.string()) }),
	"names that are numbers": z.object({ b: z.string(), 2: z.int(), 1: z.int() }),
	described: z.object({ a: z.string() }).meta({ description: "an object" }),
	empty: z.object({}),
} satisfies Record<string, z.core.$ZodType>;

interface Tree {
	readonly name: string;
	readonly children: readonly Tree[];
}
const Tree: z.ZodType<Tree> = z.object({
	name: z.string(),
	get children() {
		return z.array(Tree);
	},
});

const symbol = Symbol("a name");

const others = {
	"an object that keeps what it does not name": z.looseObject({}),
	"an object that refuses it": z.strictObject({}),
	"an object with a rule for it": z.object({}).catchall(z.int()),
	"an object with a refinement": flat.refine(() => true),
	"a list with a bound": z.array(z.int()).max(3),
	"a member with a transform": z.object({ a: z.string().transform(Number) }),
	"a member that trims": z.object({ a: z.array(z.string().trim()) }),
	"a member that is a date": z.object({ a: z.date() }),
	"a member with a coercion": z.object({ a: z.coerce.number() }),
	"a member that is frozen": z.object({ a: flat.readonly() }),
	"a member that catches": z.object({ a: flat.catch(() => ({}) as never) }),
	"a union of objects": z.union([flat, z.object({ a: z.int() })]),
	"a record": z.record(z.string(), z.int()),
	"a tuple": z.tuple([z.int()]),
	"a name that all objects have": z.object({ toString: z.string() }),
	"a name that is a symbol": z.object({ [symbol]: z.string() }),
	"a schema that contains itself": Tree,
} satisfies Record<string, z.core.$ZodType>;

/** Values of which many fit, some nearly. */
class Values {
	readonly #random: Random;

	constructor(seed: number) {
		this.#random = new Random(seed);
	}

	for(schema: z.core.$ZodType): unknown {
		const { def } = schema._zod;
		if (this.#random.below(60) === 0) {
			return this.#random.of(strange);
		}
		switch (def.type) {
			case "object":
				return this.#object((def as z.core.$ZodObjectDef).shape);
			case "array":
				return Array.from({ length: this.#random.below(4) }, () =>
					this.for((def as z.core.$ZodArrayDef).element),
				);
			case "string":
				return "x".repeat(1 + this.#random.below(4));
			case "number":
				return this.#random.below(50) + 1;
			case "enum":
				return this.#random.of(["a", "b"]);
			default:
				return this.#random.below(12) === 0
					? this.#random.of([null, undefined])
					: this.for((def as z.core.$ZodOptionalDef).innerType);
		}
	}

	/** In any order, with more than is named, without some. */
	#object(shape: z.core.$ZodShape): object {
		const entries = Object.entries(shape)
			.filter(() => this.#random.below(30) !== 0)
			.filter(
				([, field]) =>
					field._zod.optin === undefined || this.#random.below(6) > 0,
			)
			.map(([name, field]) => [name, this.for(field)] as const);
		if (this.#random.below(3) === 0) {
			entries.reverse();
		}
		if (this.#random.below(3) === 0) {
			entries.splice(this.#random.below(entries.length + 1), 0, ["more", 1]);
		}
		return Object.fromEntries(entries);
	}
}

const strange = [
	...[null, undefined, "", "👍👍👍", 0, -0, 0.5, Number.NaN, 2 ** 60, 3n, true],
	...[[], {}, [undefined], new Array(2), new Date(0), new Map(), () => 1],
	Object.create(null),
	Object.create({ name: "inherited", size: 1 }),
	JSON.parse('{"__proto__":{"name":"a"},"size":1}'),
	new (class {
		name = "x";
		size = 1;
	})(),
];

suite("what is copied without asking Zod", () => {
	for (const [name, schema] of Object.entries(plain)) {
		test(name, () => {
			const copyPlain = copierOf(schema);
			assert.ok(copyPlain);
			const random = new Values(11);
			const values = Array.from({ length: 1500 }, () => random.for(schema));
			let count = 0;
			for (const value of [...strange, ...values]) {
				const before = inspect(value);
				const copy: unknown = copyPlain(value);
				assert.equal(inspect(value), before);
				if (copy === undefined) {
					continue;
				}
				count++;
				const result = schema["~standard"].validate(value);
				assert.ok(!(result instanceof Promise));
				assert.ok(result.issues === undefined, `refused: ${before}`);
				assert.deepEqual(copy, result.value);
				assert.equal(JSON.stringify(copy), JSON.stringify(result.value)); // the order of the names
				assertApart(copy, value);
			}
			assert.ok(count > 30, `${count} are copied`);
		});
	}

	test("long lists of objects only where that takes less time than Zod", () => {
		const loose = z.array(z.object({ id: z.int(), name: z.string() }));
		const checked = z.array(z.object({ id: z.int().min(0), name: z.string() }));
		const few = Array.from({ length: 3 }, (_, id) => ({ id, name: "a" }));
		const many = Array.from({ length: 100 }, (_, id) => ({ id, name: "a" }));
		assert.deepEqual(copierOf(loose)?.(few), few);
		assert.deepEqual(
			copierOf(loose)?.(many),
			"Bun" in globalThis ? many : undefined,
		);
		assert.deepEqual(copierOf(checked)?.(many), many);
		const numbers = many.map(({ id }) => id);
		assert.deepEqual(copierOf(z.array(z.int()))?.(numbers), numbers);
	});

	for (const [name, schema] of Object.entries(others)) {
		test(`not ${name}`, () => {
			assert.equal(copierOf(schema), undefined);
		});
	}
});

function copierOf(schema: z.core.$ZodType) {
	return zodLibrary.validation?.(schema, { prefersMostSet: false })?.copyPlain;
}

/** A copy shares nothing that could be changed. */
function assertApart(copy: unknown, value: unknown): void {
	if (typeof copy !== "object" || copy === null) {
		return;
	}
	assert.notEqual(copy, value);
	for (const [name, member] of Object.entries(copy)) {
		assertApart(member, (value as Record<string, unknown>)[name]);
	}
}
