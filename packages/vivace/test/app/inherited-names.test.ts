import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as v from "valibot";
import { z } from "zod";
import { App, Body, Query } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const Odd = z.object({
	constructor: z.string().nullish(),
	toString: z.string().default("d"),
	valueOf: z.string().optional(),
});
const filled = { constructor: null, toString: "d" };

suite("names that every object has", () => {
	test("are fields like others, absent where nobody sends them", async () => {
		const app = new App();
		const own = (value: object) => ({ ...value });
		app.post("/body", { value: Odd }, ({ value }) => own(value));
		app.get("/query", { value: Query(Odd) }, ({ value }) => own(value));
		app.post("/list", { value: z.array(Odd) }, ({ value }) => value.map(own));
		const unset = Body(Odd, { excludeUnset: true });
		app.patch("/unset", { value: unset }, ({ value }) => own(value));
		app.get({ path: "/answer", response: Odd }, () => ({}) as never);
		const Valibot = v.object({
			constructor: v.nullish(v.string()),
			toString: v.optional(v.string(), "d"),
		});
		app.post("/valibot", { value: Valibot }, ({ value }) => own(value));
		await using client = await TestClient.start(app);
		const json = {};
		const body = async (answer: Promise<Response>) => (await answer).json();
		assert.deepEqual(await body(client.post("/body", { json })), filled);
		assert.deepEqual(await body(client.get("/query")), filled);
		assert.deepEqual(await body(client.post("/list", { json: [{}] })), [
			filled,
		]);
		assert.deepEqual(await body(client.patch("/unset", { json })), {});
		assert.deepEqual(await body(client.get("/answer")), filled);
		assert.deepEqual(await body(client.post("/valibot", { json })), filled);
		const given = { constructor: "x", toString: "y", valueOf: "z" };
		assert.deepEqual(await body(client.post("/body", { json: given })), given);
		assert.deepEqual(
			await body(client.get("/query?constructor=x&toString=y&valueOf=z")),
			given,
		);
	});

	test("__proto__ in a parameter model is an extra name, once or more often", async () => {
		const app = new App();
		const Strict = z.strictObject({ a: z.int().default(1) });
		app.get("/", { filter: Query(Strict) }, ({ filter }) => filter);
		await using client = await TestClient.start(app);
		for (const query of ["?__proto__=1", "?__proto__=1&__proto__=2"]) {
			const response = await client.get(`/${query}`);
			assert.equal(response.status, 422);
			const { detail } = (await response.json()) as { detail: unknown[] };
			assert.deepEqual(detail, [
				{
					type: "extra_forbidden",
					loc: ["query", "__proto__"],
					msg: "Extra inputs are not permitted",
					input: query.includes("2") ? ["1", "2"] : "1",
				},
			]);
		}
	});
});
