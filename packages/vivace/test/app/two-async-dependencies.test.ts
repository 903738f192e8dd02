import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, dependency, Header, Query } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const later = z
	.string()
	.refine(async (text) => text.length > 2, "too short")
	.transform(async (text) => text.toUpperCase());

test("the problems of two dependencies with asynchronous schemas are told together, in order, and neither is made", async () => {
	const made: string[] = [];
	const first = dependency({ a: Query(later) }, ({ a }) => made.push(a));
	const second = dependency({ b: Header(later) }, async ({ b }) =>
		made.push(b),
	);
	const app = new App();
	app.get("/", { first, second, c: z.int() }, () => made.splice(0));
	await using client = await TestClient.start(app);
	const get = async (query: string, b: string) => {
		const response = await client.get(`/?${query}`, { headers: { b } });
		return (await response.json()) as unknown;
	};
	assert.deepEqual(await get("a=abc&c=1", "xyz"), ["ABC", "XYZ"]);
	const problem = (loc: string[], input: string) => ({
		type: "value_error",
		loc,
		msg: "Value error, too short",
		input,
		ctx: { error: {} },
	});
	const { detail } = (await get("a=a&c=x", "b")) as { detail: object[] };
	assert.deepEqual(detail.slice(0, 2), [
		problem(["query", "a"], "a"),
		problem(["header", "b"], "b"),
	]);
	assert.equal(detail.length, 3);
	const one = (await get("a=abc&c=1", "b")) as { detail: object[] };
	assert.deepEqual(one.detail, [problem(["header", "b"], "b")]);
	assert.deepEqual(made.splice(0), ["ABC"]);
});
