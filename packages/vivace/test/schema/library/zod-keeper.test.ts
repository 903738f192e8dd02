import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import * as mini from "zod/mini";
import { Random } from "../../../../../scripts/fuzz/random.ts";
import { compileSchema } from "../../../src/schema/compile-schema.ts";
import { zodLibrary } from "../../../src/schema/library/zod.ts";
import type { Parsed } from "../../../src/schema/shape/parsed.ts";

const flat = z.object({
	name: z.string().min(1).max(4),
	size: z.number().gt(0),
	count: z.int().default(3),
	kind: z.enum(["a", "b"]).optional(),
	note: z.string().nullish(),
	left: z.boolean().nullable(),
});
const one = z.object({ kind: z.literal("one"), size: z.int() });
const two = z.object({ kind: z.literal("two"), name: z.string().optional() });

interface Tree {
	readonly name: string;
	readonly children: readonly Tree[];
	readonly next?: Tree | null | undefined;
}
const Tree: z.ZodType<Tree> = z.object({
	name: z.string(),
	get children() {
		return z.array(Tree);
	},
	get next() {
		return Tree.nullish();
	},
});

const kept = {
	flat,
	"a list of objects": z.array(flat),
	"a list with bounds": z.array(z.array(z.int().nullable()).min(1)).max(3),
	"lists of scalars": z.object({
		texts: z.array(z.string()),
		numbers: z.array(z.number()),
		flags: z.array(z.boolean()).optional(),
	}),
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
		i: z.literal([null, "i"]).optional(),
		j: z.union([z.null(), z.string()]).optional(),
		k: z.any().optional(),
	}),
	"what is not looked at": z.object({ a: z.any(), b: z.unknown() }),
	strict: z.strictObject({ a: z.int(), b: flat.optional() }),
	"with a rule for other names": z.object({ a: z.int() }).catchall(z.string()),
	formats: z.object({
		a: z.uuid(),
		b: z.email().optional(),
		c: z.iso.datetime(),
		d: z.iso.date().nullable(),
	}),
	"a record": z.record(z.string(), z.int()),
	"a record of objects": z.record(z.string().max(3), flat),
	"a tuple": z.tuple([z.int(), flat, z.string().nullable()]),
	"a union of scalars": z.array(
		z.union([z.int(), z.string().min(2), z.null()]),
	),
	"a union with names for its members": z.discriminatedUnion("kind", [
		one,
		two,
	]),
	"a union of objects": z.array(z.union([one, two])),
	"a union of objects that may be alike": z.union([
		z.object({ a: z.int() }),
		z.object({ a: z.int(), b: z.string().optional() }),
		z.object({ c: z.int(), b: z.string().nullish() }),
	]),
	"a union of objects with a text in common": z.union([
		z.object({ kind: z.enum(["a", "b"]), a: z.int() }),
		z.object({ kind: z.literal("a"), b: z.int().optional() }),
	]),
	"a union of objects or null": z.union([one.nullable(), two]),
	"a union of what converts": z.union([
		z.object({ kind: z.literal(1), a: z.int() }),
		z.object({ kind: z.literal(2), a: z.int(), b: z.int() }),
	]),
	"a union of an object, a list and a scalar": z.union([
		one,
		z.array(z.string()),
		z.int(),
		z.boolean(),
	]),
	"a schema that contains itself": Tree,
	"names that are numbers": z.object({ b: z.string(), 2: z.int(), 1: z.int() }),
	"zod mini": mini.object({ a: mini.array(mini.string()) }),
	empty: z.object({}),
} satisfies Record<string, z.core.$ZodType>;

const symbol = Symbol("a name");

const asked = {
	"a refinement": flat.refine(() => true),
	"a transform": z.object({ a: z.string().transform(Number) }),
	"a member that trims": z.object({ a: z.array(z.string().trim()) }),
	"a date": z.object({ a: z.date() }),
	"a format with a rule of its own": z.object({ a: z.url() }),
	"a format that has several forms": z.object({ a: z.iso.time() }),
	"a format and a bound": z.object({ a: z.email().max(9) }),
	"a format by a function": z.array(z.stringFormat("date", () => true)),
	"a coercion": z.object({ a: z.coerce.number() }),
	"a coercion to boolean": z.array(z.coerce.boolean()),
	"what is frozen": z.object({ a: flat.readonly() }),
	"what catches": z.object({ a: flat.catch(() => ({}) as never) }),
	"a list with a rule": z.array(z.int()).refine(() => true),
	"a tuple with more": z.tuple([z.int()], z.string()),
	"a tuple that may be short": z.tuple([z.int().optional()]),
	"a record of few names": z.record(z.enum(["a", "b"]), z.int()),
	"a record that passes others on": z.looseRecord(z.string().min(2), z.int()),
	"exactly one of several": z.xor([z.int(), z.string()]),
	"a name that all objects have": z.object({ toString: z.string() }),
	"a name that is a symbol": z.object({ [symbol]: z.string() }),
	"what contains itself and a transform": z.object({
		a: z.string().transform(Number),
		get b(): z.ZodType {
			return asked["what contains itself and a transform"];
		},
	}),
} satisfies Record<string, z.core.$ZodType>;

/** Values of JSON of which many fit, some nearly. */
class Values {
	readonly #random: Random;
	#depth = 0;

	constructor(seed: number) {
		this.#random = new Random(seed);
	}

	for(schema: z.core.$ZodType): unknown {
		this.#depth++;
		const value =
			this.#random.below(80) === 0
				? this.#random.of(strange)
				: this.#fitting(schema._zod.def as z.core.$ZodTypes["_zod"]["def"]);
		this.#depth--;
		return value;
	}

	#fitting(def: z.core.$ZodTypes["_zod"]["def"]): unknown {
		switch (def.type) {
			case "object":
				return this.#object(def.shape);
			case "record":
				return Object.fromEntries(
					this.#some(() => [
						this.#random.of(["a", "b", "__proto__", "long", "7"]),
						this.for(def.valueType),
					]),
				);
			case "array":
				return this.#some(() => this.for(def.element));
			case "tuple":
				return def.items.map((item) => this.for(item));
			case "union":
				return this.for(this.#random.of(def.options));
			case "string":
				return "format" in def
					? this.#random.of(texts[def.format as keyof typeof texts])
					: "x".repeat(1 + this.#random.below(4));
			case "number":
				return this.#random.below(50) + 1;
			case "boolean":
				return this.#random.below(2) === 0;
			case "null":
				return null;
			case "enum":
				return this.#random.of(["a", "b"]);
			case "literal":
				return this.#random.of(def.values);
			case "any":
			case "unknown":
				return this.#random.of(strange);
			case "optional":
			case "nullable":
			case "default":
			case "prefault":
			case "nonoptional":
				return this.#depth > 9 || this.#random.below(5) === 0
					? null
					: this.for(def.innerType);
		}
		return undefined;
	}

	#some<Item>(make: () => Item): Item[] {
		const length = this.#depth > 9 ? 0 : this.#random.below(4);
		return Array.from({ length }, make);
	}

	/** In any order, with more than is named, without some. */
	#object(shape: z.core.$ZodShape): object {
		const entries = Object.entries(shape)
			.filter(() => this.#random.below(40) !== 0)
			.filter(
				([, field]) =>
					field._zod.optin === undefined || this.#random.below(8) > 0,
			)
			.map(([name, field]) => [name, this.for(field)] as const);
		if (this.#random.below(4) === 0) {
			entries.reverse();
		}
		if (this.#random.below(4) === 0) {
			const name = this.#random.of(["more", "__proto__", "0"]);
			entries.splice(this.#random.below(entries.length + 1), 0, [name, 1]);
		}
		return Object.fromEntries(entries);
	}
}

/** Right ones, some in a form that Pydantic makes another of, and wrong ones. */
const texts = {
	uuid: [
		...["123e4567-e89b-42d3-a456-426614174000", "x"],
		...["123E4567-E89B-42D3-A456-426614174000", "123e4567"],
	],
	email: ["ann@shop.example", "Ann@shop.example", "ann@SHOP.example", "ann"],
	datetime: ["2026-11-29T15:00:00Z", "2026-11-29T15:00:00.5Z", "2026-11-29"],
	date: ["2026-11-29", "2026-02-30", "29.11.2026"],
};

const strange = [
	...[null, "", "5", "true", "👍👍👍", 0, -1, 0.5, 1e300, true],
	...[[], {}, [null], [1], { name: "a" }, { a: 1, b: "b", c: "c" }],
];

suite("what is read for nobody else", () => {
	for (const [name, schema] of Object.entries(kept)) {
		test(`${name}: as if it had been copied`, () => {
			const keep = keeperOf(schema);
			assert.ok(keep);
			const { parseJson } = compileSchema(schema as z.ZodType);
			const random = new Values(7);
			const values = Array.from({ length: 400 }, () => random.for(schema));
			let sameCount = 0;
			for (const value of [...strange, ...values]) {
				const text = JSON.stringify(value);
				const [own, foreign] = [JSON.parse(text), JSON.parse(text)];
				const kept = keep(own);
				assert.equal(JSON.stringify(own), text); // it is never changed
				sameCount += kept === own && typeof own === "object" ? 1 : 0;
				const options = { isOwn: true };
				assertSame(
					parseJson(own, [], options) as Parsed,
					parseJson(foreign, []) as Parsed,
				);
			}
			assert.ok(sameCount > 0, `${sameCount} are kept as they are`);
		});
	}

	for (const [name, schema] of Object.entries(asked)) {
		test(`${name}: the schema is asked`, () => {
			assert.equal(keeperOf(schema), undefined);
		});
	}

	test("a copy is made only of what differs", () => {
		const schema = z.object({ same: z.array(flat), other: flat });
		const value = {
			same: [{ name: "a", size: 1, count: 1, kind: "a", note: "", left: null }],
			other: { left: true, count: 1, size: 1, name: "a", more: 1 },
		};
		const copy = keeperOf(schema)?.(value) as typeof value;
		assert.equal(copy.same, value.same);
		assert.equal(
			JSON.stringify(copy.other),
			'{"name":"a","size":1,"count":1,"note":null,"left":true}',
		);
		const list = [...value.same, value.other];
		const copies = keeperOf(z.array(flat))?.(list) as typeof list;
		assert.equal(copies[0], list[0]);
		assert.deepEqual(copies[1], copy.other);
	});

	test("a deep value takes no longer with each level", () => {
		const deep = { name: "leaf", children: [], more: 1 };
		let value: object = deep;
		for (let level = 0; level < 60; level++) {
			value = { name: "a", children: [value], next: null };
		}
		assert.notEqual(keeperOf(Tree)?.(value), undefined); // twice for each level would never end
	});

	test("many items are copied where that takes less time than Zod", () => {
		const plain = z.array(z.object({ id: z.int(), name: z.string() }));
		const filled = z.array(
			z.object({ id: z.int(), name: z.string().nullish() }),
		);
		const many = Array.from({ length: 100 }, (_, id) => ({
			more: 1,
			id,
			name: "a",
		}));
		const isCopied = keeperOf(plain)?.(many) !== undefined;
		assert.equal(isCopied, "Bun" in globalThis);
		assert.deepEqual(
			keeperOf(filled)?.(many),
			many.map(({ id, name }) => ({ id, name })),
		);
	});
});

function keeperOf(schema: z.core.$ZodType) {
	const wishes = { prefersMostSet: false };
	return zodLibrary.validation?.(schema, wishes)?.plainKeeper?.();
}

/** With the same names in the same order. */
function assertSame(own: Parsed, foreign: Parsed): void {
	assert.deepEqual(own, foreign);
	assert.equal(JSON.stringify(own), JSON.stringify(foreign));
}
