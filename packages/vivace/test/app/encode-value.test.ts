import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { ResponseValidationError } from "../../src/exceptions.ts";
import { App, Body, encode, validate } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const Cents = z.codec(z.string(), z.int(), {
	decode: (text) => Math.round(Number(text) * 100),
	encode: (cents) => (cents / 100).toFixed(2),
});
const Order = z.object({
	id: z.int(),
	total: Cents.default(0),
	at: z.date().default(() => new Date(0)),
	tags: z.set(z.string()).default(new Set()),
	note: z.string().nullish(),
	owner: z.object({ name: z.string(), password: z.string() }),
});
const order = {
	id: 1,
	total: 150,
	at: new Date(1000),
	tags: new Set(["a"]),
	owner: { name: "Ada", password: "secret" },
};

describe("a value by a schema outside of an answer", () => {
	test("is what an answer would be, and is read again", async () => {
		const sent = await encode(Order, { ...order, unknown: 1 } as typeof order);
		assert.deepEqual(sent, {
			id: 1,
			total: "1.50",
			at: "1970-01-01T00:00:01Z",
			tags: ["a"],
			note: null,
			owner: { name: "Ada", password: "secret" },
		});
		const app = new App();
		app.get({ path: "/", response: Order }, () => order);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), sent);
		assert.deepEqual(await validate(Order, sent), { ...order, note: null });
	});

	test("leaves out the fields that an answer can leave out", async () => {
		const Account = z.object({
			id: z.int(),
			size: z.int().default(5),
			note: z.string().nullish(),
			owner: Order.shape.owner,
		});
		const { owner } = order;
		const few = { id: 1, owner };
		const table = [
			[{ exclude: { owner: ["password"] } }, { id: 1, owner: { name: "Ada" } }],
			[{ include: ["id"] }, { id: 1 }],
		] as const;
		for (const [fields, expected] of table) {
			const sent = await encode(Account, few, {
				...fields,
				excludeUnset: true,
			});
			assert.deepEqual(sent, expected);
		}
		assert.deepEqual(await encode(Account, few, { excludeUnset: true }), {
			id: 1,
			owner,
		});
		assert.deepEqual(await encode(Account, few, { excludeNone: true }), {
			id: 1,
			size: 5,
			owner,
		});
		const changed = await encode(
			Order,
			{ ...order, total: 0 },
			{ excludeDefaults: true, include: ["id", "total"] },
		);
		assert.deepEqual(changed, { id: 1 });
	});

	test("that a client sent only in part is what was sent", async () => {
		const Changes = z.object({
			title: z.string().nullish(),
			copies: z.int().default(1),
		});
		const app = new App();
		app.patch(
			"/",
			{ changes: Body(Changes, { excludeUnset: true }) },
			({ changes }) =>
				encode(Changes, changes as z.infer<typeof Changes>, {
					excludeUnset: true,
				}),
		);
		await using client = await TestClient.start(app);
		const response = await client.patch("/", { json: { title: null } });
		assert.deepEqual(await response.json(), { title: null });
	});

	test("may be of any schema library, of a list or a scalar", async () => {
		const valibot = v.object({ at: v.date() });
		const at = "1970-01-01T00:00:00Z";
		assert.deepEqual(await encode(valibot, { at: new Date(0) }), { at });
		assert.deepEqual(await encode(type({ at: "Date" }), { at: new Date(0) }), {
			at,
		});
		assert.deepEqual(await encode(z.array(z.date()), [new Date(0)]), [at]);
		assert.equal(await encode(z.bigint(), 5n), 5);
	});

	test("is waited for where its validation takes time", async () => {
		const Later = z.object({ a: z.int().refine(async (a) => a > 0) });
		assert.deepEqual(await encode(Later, { a: 1 }), { a: 1 });
		await assert.rejects(encode(Later, { a: -1 }), ResponseValidationError);
	});

	test("that does not fit is an error with all problems", async () => {
		await assert.rejects(
			encode(Order, { id: "x" } as never),
			(error: ResponseValidationError) => {
				assert.match(error.message, /2 validation errors in the value given/);
				assert.deepEqual(
					error.errors.map(({ loc }) => loc),
					[["id"], ["owner"]],
				);
				return true;
			},
		);
	});

	test("is refused with fields and options that there are not", async () => {
		await assert.rejects(
			encode(Order, order, { exclude: ["sceret"] }),
			/VIV_RESPONSE: encode\(\): exclude names "sceret"/,
		);
		await assert.rejects(
			encode(Order, order, { exclude_unset: true } as never),
			/VIV_OPTION: encode\(\): .*excludeUnset/,
		);
		await assert.rejects(
			encode({} as never, order as never),
			/VIV_SCHEMA: encode\(\)/,
		);
	});
});
