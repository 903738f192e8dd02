import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { App, Body, Query, validate } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

interface Problem {
	readonly type: string;
	readonly loc: readonly (string | number)[];
	readonly msg: string;
	readonly input?: unknown;
	readonly ctx?: unknown;
}

const headers = { "content-type": "application/json" };

async function problemsOf(
	app: App,
	path: string,
	body: string,
): Promise<{ readonly detail: readonly Problem[]; readonly bytes: number }> {
	await using client = await TestClient.start(app);
	const response = await client.post(path, { body, headers });
	const text = await response.text();
	assert.equal(response.status, 422, text.slice(0, 1000));
	return { detail: JSON.parse(text).detail, bytes: text.length };
}

/** A list of these that is nearly as large as a body may be. */
function listOf(item: string): {
	readonly text: string;
	readonly count: number;
} {
	const count = Math.floor((1024 * 1024 - 2) / (item.length + 1));
	return { text: `[${Array(count).fill(item).join(",")}]`, count };
}

suite("the problems of one request", () => {
	const Item = z.object({ id: z.int(), name: z.string() });

	test("are the first 100, then how many more there are", async () => {
		const app = new App();
		app.post("/", { items: z.array(Item) }, () => 1);
		for (const count of [50, 51, 99, 100, 101, 400, 5000]) {
			const body = JSON.stringify(Array(count).fill({}));
			const { detail } = await problemsOf(app, "/", body);
			const told = detail.slice(0, 100);
			const expected = Array.from({ length: count }, (_, index) =>
				["id", "name"].map((name) => ({
					type: "missing",
					loc: ["body", index, name],
					msg: "Field required",
					input: {},
				})),
			)
				.flat()
				.slice(0, 100);
			assert.deepEqual(told, expected);
			const more = 2 * count - 100;
			assert.deepEqual(
				detail.slice(100),
				more > 0
					? [
							{
								type: "too_many_errors",
								loc: ["body"],
								msg: `${more} more problems are not listed`,
								ctx: { limit: 100, more },
							},
						]
					: [],
			);
		}
	});

	test("are as many as the route's limits say, over all parameters in FastAPI's order", async () => {
		const app = new App({ limits: { problems: 5 } });
		const params = {
			items: Body(z.array(z.int())),
			n: Query(z.array(z.int())),
		};
		app.post({ path: "/", limits: { problems: 3 } }, params, () => 1);
		app.post("/app", params, () => 1);
		const path = "?n=a&n=b";
		const { detail } = await problemsOf(app, `/${path}`, '["c","d","e"]');
		assert.deepEqual(
			detail.map(({ loc, ctx }) => [...loc, ctx ?? ""].join()),
			["query,n,0,", "query,n,1,", "body,0,", "body,[object Object]"],
		);
		assert.equal(detail[3]?.msg, "2 more problems are not listed");
		const all = await problemsOf(app, `/app${path}`, '["c","d","e"]');
		assert.equal(all.detail.length, 5);
	});

	test("never take more than a part of what was sent", async () => {
		const app = new App();
		const wide = z.object(
			Object.fromEntries(
				Array.from({ length: 150 }, (_, index) => [`f${index}`, z.int()]),
			),
		);
		app.post("/wide", { wide: Body(wide) }, () => 1);
		app.post("/strict", { value: z.strictObject({ a: z.int() }) }, () => 1);
		app.post("/record", { value: z.record(z.string(), wide) }, () => 1);
		app.post("/text", { value: Body(z.array(z.int())) }, () => 1);
		app.post(
			"/secret",
			{
				value: z.object({
					...wide.shape,
					key: z.string().meta({ format: "password" }),
				}),
			},
			() => 1,
		);
		const junk = `"junk":"${"x".repeat(900_000)}"`;
		const keys = Array.from({ length: 60_000 }, (_, key) => `"k${key}":1`);
		const bodies: readonly [string, string][] = [
			["/wide", `{${junk}}`],
			["/secret", `{${junk},"key":"k"}`],
			["/strict", `{"a":1,${keys.join()}}`],
			["/record", `{"${"k".repeat(900_000)}":{}}`],
			["/text", listOf(`"${"x".repeat(9_000)}"`).text],
		];
		for (const [path, body] of bodies) {
			const { detail, bytes } = await problemsOf(app, path, body);
			assert.ok(detail.length <= 101, `${path}: ${detail.length} problems`);
			assert.ok(bytes < 1_100_000, `${path}: ${bytes} bytes`);
			assert.ok(detail.length > 0);
		}
		const { detail } = await problemsOf(app, "/secret", `{${junk},"key":"k"}`);
		assert.equal("input" in (detail[0] as Problem), false);
	});
});

suite("1 MB of wrong items", () => {
	const schemas = {
		Zod: z.array(z.object({ id: z.int(), tags: z.array(z.string()) })),
		Valibot: v.array(
			v.object({
				id: v.pipe(v.number(), v.integer()),
				tags: v.array(v.string()),
			}),
		),
		ArkType: type({ id: "number.integer", tags: "string[]" }).array(),
	};
	for (const [library, schema] of Object.entries(schemas)) {
		test(`gives few problems and says that there are more: ${library}`, async () => {
			const app = new App();
			app.post("/", { items: Body(schema) }, () => 1);
			app.post("/in", { a: Body(schema), b: Body(schema) }, () => 1);
			for (const item of [
				"{}",
				"1",
				'{"id":"x","tags":1}',
				"[[]]",
				'{"id":1,"tags":[1,2,3]}',
			]) {
				const { text, count } = listOf(item);
				const { detail, bytes } = await problemsOf(app, "/", text);
				assert.equal(detail.length, 101, item);
				assert.ok(bytes < 50_000, `${bytes} bytes`);
				assert.deepEqual(detail[0]?.loc.slice(0, 2), ["body", 0]);
				const { msg, ctx } = detail[100] as Problem;
				const { more } = ctx as { more: number };
				assert.ok(more >= 100 && more <= 3 * count, `${item}: ${more}`);
				assert.equal(msg, `at least ${more} more problems are not listed`);
			}
			const half = listOf("{}").text.slice(0, 500_000 - 1);
			const { detail } = await problemsOf(
				app,
				"/in",
				`{"a":${half}],"b":${half}]}`.replaceAll(",]", "]"),
			);
			assert.equal(detail.length, 101);
		});
	}

	test("is validated as a whole where what is cut off would have made the difference", async () => {
		const List = z.array(z.union([z.int(), z.string()])).max(3);
		const numbers = Array(1000).fill(1);
		const right = await validate(z.array(z.int()), numbers.map(String));
		assert.deepEqual(right, numbers);
		await assert.rejects(validate(List, numbers), /too_long/);
		const unique = z
			.array(z.any())
			.refine((list) => list.length < 1000, "too many");
		await assert.rejects(validate(unique, numbers), /too many/);
		await assert.rejects(
			validate(z.array(z.int()), Array(1000).fill("x")),
			/900 more problems are not listed/,
		);
		// converts by itself what our shapes say can't be
		const coerced = z.array(z.coerce.number());
		assert.deepEqual(
			await validate(coerced, Array(1000).fill(null)),
			Array(1000).fill(0),
		);
	});
});
