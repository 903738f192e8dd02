import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { App } from "vivace";
import { cookieSession } from "vivace/security";
import { TestClient } from "vivace/testing";
import { z } from "zod";

const keys = ["a key of thirty-two bytes, or of a few more"];
const baseUrl = "https://shop.example";

/** Values that JSON has no form for, and those that it has. */
const kept: readonly (readonly [string, StandardSchemaV1, unknown])[] = [
	["a date", z.object({ at: z.date() }), { at: new Date(1_700_000_000_123) }],
	["a bigint", z.object({ n: z.bigint() }), { n: 10n ** 20n + 1n }],
	["a set", z.object({ s: z.set(z.string()) }), { s: new Set(["a"]) }],
	["a map", z.map(z.int(), z.string()), new Map([[1, "a"]])],
	["a text", z.string(), "é€😀"],
	["null", z.null(), null],
	["nothing in a field", z.object({ n: z.int().optional() }), {}],
	["deep lists", z.any(), JSON.parse("[".repeat(900) + "]".repeat(900))],
	[
		"the value of a codec",
		z.codec(z.iso.datetime(), z.date(), {
			decode: (text) => new Date(text),
			encode: (date) => date.toISOString(),
		}),
		new Date(0),
	],
	[
		"a value with asynchronous rules",
		z.object({ n: z.int().refine(async () => true) }),
		{ n: 1 },
	],
];

describe("the value of a session", () => {
	for (const [what, schema, value] of kept) {
		it(`gives ${what} back as it was`, async () => {
			const login = cookieSession({ schema, keys });
			let read: unknown;
			const app = new App();
			app.post("/", { login }, ({ login }) => login.set(value));
			app.get("/", { login }, ({ login }) => {
				read = login.value;
			});
			await using client = await TestClient.start(app, { baseUrl });
			await client.post("/");
			await client.get("/");
			assert.deepEqual(read, value);
		});
	}

	it("refuses a value that would not come back, and says where", async () => {
		const Asked = z.int().refine(async (value) => value > 0);
		for (const [schema, value] of [
			[z.object({ user: z.object({ id: z.int() }) }), { user: { id: "no" } }],
			[z.object({ user: z.object({ id: z.number() }) }), { user: { id: NaN } }],
			[
				z.object({ user: z.object({ id: z.string().transform(Number) }) }),
				{ user: { id: 1 } },
			],
			[z.object({ user: z.object({ id: Asked }) }), { user: { id: -1 } }],
		] as const) {
			const login = cookieSession<StandardSchemaV1>({ schema, keys });
			const app = new App();
			app.post("/", { login }, ({ login }) => login.set(value));
			await using client = await TestClient.start(app, { baseUrl });
			await assert.rejects(client.post("/"), {
				name: "TypeError",
				message:
					/^the value of a session does not fit its schema: user\.id: [^"]*\.$/,
			});
		}
	});
});
