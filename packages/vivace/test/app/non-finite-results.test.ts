import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import * as mini from "zod/mini";
import { App } from "../../src/index.ts";
import { camel } from "../../src/schemas.ts";
import { TestClient } from "../../src/testing.ts";

const day = new Date(0);
const Dated = z.object({ x: z.number(), at: z.date().nullish() });
class Measured {
	readonly x = Number.NaN;
	readonly at = null;
}
const date = z.codec(z.iso.datetime(), z.date(), {
	decode: (text) => new Date(text),
	encode: (date) => date.toISOString(),
});
const renaming = z.codec(
	z.object({ "list-price": z.number() }),
	z.object({ listPrice: z.number() }),
	{
		decode: (sent) => ({ listPrice: sent["list-price"] }),
		encode: (kept) => ({ "list-price": kept.listPrice }),
	},
);

/** A schema, a result, and the answer: null for a number that is not finite, as FastAPI sends it; none where the schema has a bound for it. */
const cases: readonly (readonly [
	name: string,
	schema: StandardSchemaV1,
	result: unknown,
	answer?: string,
])[] = [
	[
		"beside a date",
		Dated,
		{ x: Number.NaN, at: day },
		'{"x":null,"at":"1970-01-01T00:00:00Z"}',
	],
	[
		"beside a text that becomes a date",
		Dated,
		{ x: Number.NaN, at: "1970-01-01T00:00:00Z" },
		'{"x":null,"at":"1970-01-01T00:00:00Z"}',
	],
	[
		"beside a text that becomes a number",
		z.object({ x: z.number(), n: z.number() }),
		{ x: Number.NaN, n: "5" },
		'{"x":null,"n":5}',
	],
	["of a class", Dated, new Measured(), '{"x":null,"at":null}'],
	[
		"in a map",
		z.map(z.string(), z.number()),
		new Map([["a", Number.NaN]]),
		'{"a":null}',
	],
	["in a set", z.set(z.number()), new Set([Infinity]), "[null]"],
	[
		"that a transform renames",
		z.object({ p: z.number() }).transform(({ p }) => ({ price: p })),
		{ p: Number.NaN },
		'{"price":null}',
	],
	[
		"that a transform doubles",
		z.object({ x: z.number().transform((x) => x * 2) }),
		{ x: Infinity },
		'{"x":null}',
	],
	[
		"that a transform writes",
		z.object({ x: z.number().transform((x) => x.toFixed(1)) }),
		{ x: Number.NaN },
		'{"x":"NaN"}',
	],
	[
		"that a codec renames",
		renaming,
		{ listPrice: Number.NaN },
		'{"list-price":null}',
	],
	[
		"beside a codec",
		z.object({ x: z.number(), at: date }),
		{ x: Number.NaN, at: day },
		'{"x":null,"at":"1970-01-01T00:00:00.000Z"}',
	],
	[
		"beside what is asynchronous",
		z.object({ x: z.number(), t: z.string().transform(async (t) => `${t}!`) }),
		{ x: Number.NaN, t: "a" },
		'{"x":null,"t":"a!"}',
	],
	[
		"under another name",
		camel(z.object({ list_price: z.number() })),
		{ list_price: Number.NaN },
		'{"listPrice":null}',
	],
	[
		"with a default",
		z.object({ x: z.number().default(1) }),
		{ x: Number.NaN },
		'{"x":null}',
	],
	[
		"in Zod mini",
		mini.object({ x: mini.number() }),
		{ x: Number.NaN },
		'{"x":null}',
	],
	[
		"that Valibot renames",
		v.pipe(
			v.object({ p: v.number() }),
			v.transform(({ p }) => ({ price: p })),
		),
		{ p: Number.NaN },
		'{"price":null}',
	],
	[
		"in a list of Valibot",
		v.array(
			v.pipe(
				v.number(),
				v.transform((x) => x + 1),
			),
		),
		[1, Number.NaN],
		"[2,null]",
	],
	["in ArkType", type({ x: "number" }), { x: Number.NaN }, '{"x":null}'],
	[
		"that ArkType renames",
		type({ p: "number" }).pipe(({ p }) => ({ price: p })),
		{ p: Number.NaN },
		'{"price":null}',
	],
	[
		"that ArkType doubles, which it can't",
		type({ x: "number" }).pipe(({ x }) => ({ x: x * 2 })),
		{ x: Number.NaN },
	],
	[
		"within a bound",
		z.object({ x: z.number().gt(0) }),
		{ x: Infinity },
		'{"x":null}',
	],
	["beyond a bound", z.object({ x: z.number().lt(0) }), { x: Infinity }],
	[
		"with a bound that NaN is not within",
		z.object({ x: z.number().gt(-1) }),
		{ x: Number.NaN },
	],
	["in place of an integer", z.object({ x: z.int() }), { x: Number.NaN }],
	[
		"that Valibot wants finite",
		v.object({ x: v.pipe(v.number(), v.finite()) }),
		{ x: Infinity },
	],
];

for (const [name, schema, result, answer] of cases) {
	test(`a number that is not finite, ${name}, is ${answer ?? "a 500"}`, async () => {
		const errors: string[] = [];
		const app = new App({
			logger: {
				error: (message) => errors.push(message),
				warn() {},
				info() {},
			},
		});
		app.get({ path: "/", response: schema }, () => result);
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		const response = await client.get("/");
		assert.equal(response.status, answer === undefined ? 500 : 200);
		assert.equal(errors.length, answer === undefined ? 1 : 0);
		if (answer !== undefined) {
			assert.equal(await response.text(), answer);
		}
	});
}
