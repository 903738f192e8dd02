import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { type ChannelEvent, channel } from "../../src/channel.ts";
import { ResponseValidationError } from "../../src/exceptions.ts";
import { App } from "../../src/index.ts";

/** The first event of a reader, when a message is published. */
async function published(
	schema: StandardSchemaV1,
	message: unknown,
): Promise<ChannelEvent<unknown>> {
	const declared = channel("things", schema);
	const app = new App();
	app.get("/", { things: declared }, () => null);
	await app.start({ summary: false });
	try {
		return await app.scope({ things: declared }, async ({ things }) => {
			const events = things.subscribe()[Symbol.asyncIterator]();
			await things.publish(message);
			const { value } = await events.next();
			return value as ChannelEvent<unknown>;
		});
	} finally {
		await app.stop();
	}
}

const Cents = z.codec(z.string(), z.bigint(), {
	decode: (text) => BigInt(text),
	encode: (value) => value.toString(),
});

const carried: readonly (readonly [
	name: string,
	schema: StandardSchemaV1,
	message: unknown,
	value: unknown,
])[] = [
	[
		"all digits of a bigint",
		z.object({ n: z.bigint() }),
		{ n: 2n ** 64n + 1n },
		{ n: 2n ** 64n + 1n },
	],
	[
		"a date, a map and a set",
		z.object({
			d: z.date(),
			m: z.map(z.string(), z.number()),
			s: z.set(z.int()),
		}),
		{ d: new Date(5), m: new Map([["a", 1]]), s: new Set([1]) },
		{ d: new Date(5), m: new Map([["a", 1]]), s: new Set([1]) },
	],
	["a codec, both ways", z.object({ n: Cents }), { n: 5n }, { n: 5n }],
	[
		"a transform, once",
		z.object({ s: z.string().transform((text) => `${text}!`) }),
		{ s: "a" },
		{ s: "a!" },
	],
	[
		"a transform of Zod to another type",
		z.object({ n: z.string().transform(Number), at: z.date() }),
		{ n: "5", at: new Date(5) },
		{ n: 5, at: new Date(5) },
	],
	[
		"a transform of Valibot",
		v.object({ n: v.pipe(v.string(), v.transform(Number)) }),
		{ n: "5" },
		{ n: 5 },
	],
	[
		"a morph of ArkType",
		type({ n: "string.numeric.parse" }),
		{ n: "5" },
		{ n: 5 },
	],
	["a default", z.object({ s: z.string().default("d") }), {}, { s: "d" }],
	["null for nothing, where anything will do", z.any(), undefined, null],
	["half a character", z.string(), "a\ud800\0b", "a\ud800\0b"],
];

const refused: readonly (readonly [
	name: string,
	schema: StandardSchemaV1,
	message: unknown,
	error: RegExp,
])[] = [
	[
		"what the schema refuses",
		z.string(),
		5,
		/in the message of channel "things"\n {2}message: Input should be a valid string/,
	],
	[
		"nothing, where the schema knows no null",
		z.string().optional(),
		undefined,
		/message of channel "things", as its readers would get it\n {2}message: Input/,
	],
	[
		"a number that JSON has not",
		z.object({ n: z.number() }),
		{ n: Number.NaN },
		/as its readers would get it\n {2}message → n: Input should be a valid number/,
	],
	[
		"a hole in a list",
		z.array(z.string().optional()),
		["a", undefined],
		/as its readers would get it\n {2}message → 1/,
	],
	[
		"bytes, which JSON has not",
		z.instanceof(Uint8Array),
		new Uint8Array([1]),
		/as its readers would get it\n {2}message: /,
	],
];

describe("a message of a channel", () => {
	for (const [name, schema, message, value] of carried) {
		it(`carries ${name}`, async () => {
			const event = await published(schema, message);
			assert.deepEqual(event.kind === "message" && event.value, value);
		});
	}

	for (const [name, schema, message, error] of refused) {
		it(`is refused to who publishes ${name}, and not a gap for each reader`, async () => {
			await assert.rejects(published(schema, message), (thrown) => {
				assert.ok(thrown instanceof ResponseValidationError);
				assert.match(thrown.message, error);
				return true;
			});
		});
	}

	it("is refused where it is no JSON", async () => {
		await assert.rejects(
			published(z.any(), () => 1),
			/must be JSON, but the value itself is a function/,
		);
	});
});
