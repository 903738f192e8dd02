import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { z } from "zod";
import { z as zod3 } from "zod/v3";
import { App } from "../../src/index.ts";
import { camel } from "../../src/schemas.ts";
import { TestClient } from "../../src/testing.ts";

const Owner = z.object({
	id: z.int().default(1),
	name: z.string().nullish(),
	tags: z.array(z.string()).default([]),
});
const Book = z.object({
	owner: Owner.default({ id: 1, tags: [] }),
	others: z.record(z.string(), Owner).default({}),
	pair: z.tuple([z.string(), Owner]).default(["a", { id: 1, tags: [] }]),
});
const whole = { id: 1, name: null, tags: [] };

test("a default that lacks what may be null is completed, in bodies and in answers", async () => {
	const app = new App();
	app.post("/body", { book: Book }, ({ book }) => book);
	app.get({ path: "/answer", response: Book }, () => ({}) as never);
	await using client = await TestClient.start(app);
	const answers = [
		await client.post("/body", { json: {} }),
		await client.get("/answer"),
	];
	for (const answer of answers) {
		assert.deepEqual(await answer.json(), {
			owner: whole,
			others: {},
			pair: ["a", whole],
		});
	}
});

test("Valibot's too", async () => {
	const Inner = v.object({ a: v.number(), b: v.nullish(v.number()) });
	const app = new App();
	const Outer = v.object({ inner: v.optional(Inner, { a: 1 }) });
	app.post("/", { body: Outer }, ({ body }) => body);
	await using client = await TestClient.start(app);
	const answer = await client.post("/", { json: {} });
	assert.deepEqual(await answer.json(), { inner: { a: 1, b: null } });
});

test("excludeDefaults knows it, in any order, in records and tuples", async () => {
	const app = new App();
	app.get({ path: "/", response: Book, excludeDefaults: true }, () => ({
		owner: { tags: [], id: 1 },
		others: { k: { id: 1, tags: ["t"] } },
		pair: ["b", { id: 2, tags: [] }] as [
			string,
			{ id: number; tags: string[] },
		],
	}));
	await using client = await TestClient.start(app);
	assert.deepEqual(await (await client.get("/")).json(), {
		others: { k: { tags: ["t"] } },
		pair: ["b", { id: 2 }],
	});
});

test("a schema of Zod 3 is refused as such, also within one of Zod 4", () => {
	const old = zod3.object({ id: zod3.number() }) as never;
	const declared: ((app: App) => void)[] = [
		(app) => app.get("/", { old }, () => null),
		(app) => app.post("/", { body: z.object({ old }) }, () => null),
		(app) => app.post("/", { items: z.array(old) }, () => null),
		(app) => app.get({ path: "/", response: old }, () => null),
	];
	for (const declare of declared) {
		const app = new App();
		assert.throws(() => {
			declare(app);
			app.openapi();
		}, /VIV_SCHEMA: .*a schema of Zod 3, and .* from "zod" rather than from "zod\/v3"/);
	}
});

test("a schema of Zod that holds another library's is refused, with what to write", () => {
	const app = new App();
	const items = z.array(camel(Owner) as unknown as typeof Owner);
	assert.throws(
		() => app.post("/", { items }, () => null),
		/VIV_SCHEMA: .*camel\(z\.array\(Item\)\)/,
	);
});
