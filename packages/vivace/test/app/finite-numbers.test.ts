import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import * as mini from "zod/mini";
import { App, Body, Query } from "../../src/index.ts";
import { camel, float } from "../../src/schemas.ts";
import { TestClient } from "../../src/testing.ts";

const headers = { "content-type": "application/json" };

interface Detail {
	readonly type: string;
	readonly loc: readonly (string | number)[];
}

async function told(response: Response): Promise<string[]> {
	assert.equal(response.status, 422, await response.clone().text());
	const { detail } = (await response.json()) as { detail: Detail[] };
	return detail.map(({ type, loc }) => `${type} ${loc.join(".")}`);
}

suite("a number that is not finite is refused, as by z.number()", () => {
	const schemas: Readonly<Record<string, StandardSchemaV1>> = {
		Zod: z.number(),
		"Zod mini": mini.number(),
		Valibot: v.number(),
		"Valibot, bounded": v.pipe(v.number(), v.minValue(-Infinity)),
		ArkType: type("number"),
	};
	for (const [name, schema] of Object.entries(schemas)) {
		test(name, async () => {
			const app = new App();
			app.post("/", { x: Body(schema) }, () => "taken");
			app.get("/", { x: Query(schema) }, () => "taken");
			await using client = await TestClient.start(app);
			for (const text of ["1e400", "-1e400", "9".repeat(400)]) {
				assert.deepEqual(
					await told(await client.post("/", { body: text, headers })),
					["finite_number body"],
				);
				assert.deepEqual(await told(await client.get(`/?x=${text}`)), [
					"finite_number query.x",
				]);
			}
			assert.deepEqual(await told(await client.get("/?x=inf")), [
				"finite_number query.x",
			]);
			const right = await client.post("/", { body: "1e300", headers });
			assert.equal(right.status, 200);
		});
	}

	test("wherever it stands", async () => {
		const app = new App();
		const Inner = v.object({
			n: v.nullish(v.number()),
			list: v.array(v.union([v.number(), v.string()])),
			pair: v.tuple([v.number(), v.number()]),
			map: v.record(v.string(), v.number()),
			any: v.optional(v.any()),
		});
		app.post("/valibot", { x: Inner }, () => "taken");
		app.post("/camel", { x: camel(v.object({ my_n: v.number() })) }, () => 1);
		app.post(
			"/arktype",
			{ x: type({ "a?": "number", "b?": { c: "number[]" } }) },
			() => 1,
		);
		const Tree: v.GenericSchema<unknown> = v.union([
			v.object({ value: v.number(), next: v.optional(v.lazy(() => Tree)) }),
			v.object({ value: v.string(), next: v.optional(v.lazy(() => Tree)) }),
		]);
		app.post("/tree", { x: Body(Tree) }, () => "taken");
		await using client = await TestClient.start(app);
		const send = async (path: string, body: string) =>
			told(await client.post(path, { body, headers }));
		assert.deepEqual(
			await send(
				"/valibot",
				'{"n":1e400,"list":["a",1,1e400],"pair":[1,-1e400],"map":{"k":1e400},"any":1e400}',
			),
			[
				"finite_number body.n",
				"finite_number body.list.2.float",
				"string_type body.list.2.str",
				"finite_number body.pair.1",
				"finite_number body.map.k",
			],
		);
		assert.deepEqual(await send("/camel", '{"myN":1e400}'), [
			"finite_number body.myN",
		]);
		assert.deepEqual(await send("/arktype", '{"b":{"c":[1,1e400]}}'), [
			"finite_number body.b.c.1",
		]);
		let deep = '{"value":1e400}';
		for (let depth = 0; depth < 40; depth++) {
			deep = `{"value":${depth},"next":${deep}}`;
		}
		const [first] = await send("/tree", deep);
		assert.match(first ?? "", /^finite_number body/);
		const right = await client.post("/tree", {
			body: deep.replace("1e400", "1"),
			headers,
		});
		assert.equal(right.status, 200);
	});

	test("in a result it is null, as in FastAPI", async () => {
		const app = new App();
		const result = {
			x: Number.NaN,
			list: [1, Number.POSITIVE_INFINITY],
			in: { y: Number.NaN, at: new Date(0) },
		};
		const Model = z.object({
			x: z.number(),
			list: z.array(z.union([z.string(), z.number()])),
			in: z.object({ y: z.number().nullable(), at: z.date() }),
		});
		app.get({ path: "/zod", response: Model }, () => result);
		app.get(
			{ path: "/valibot", response: v.object({ x: v.number() }) },
			() => ({ x: Number.NaN }),
		);
		app.get({ path: "/arktype", response: type({ x: "number" }) }, () => ({
			x: Number.NaN,
		}));
		app.get({ path: "/number", response: z.number() }, () => Number.NaN);
		app.get({ path: "/integer", response: z.int() }, () => Number.NaN);
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		const get = async (path: string) => (await client.get(path)).text();
		assert.equal(
			await get("/zod"),
			'{"x":null,"list":[1,null],"in":{"y":null,"at":"1970-01-01T00:00:00Z"}}',
		);
		assert.equal(await get("/valibot"), '{"x":null}');
		assert.equal(await get("/arktype"), '{"x":null}');
		assert.equal(await get("/number"), "null");
		assert.equal((await client.get("/integer")).status, 500);
	});

	test("but where float() stands, or what stands for it as a field", async () => {
		const number = z
			.custom<number>((value) => typeof value === "number")
			.meta({ type: "number" });
		const Model = z.object({ x: number, y: number.optional() });
		const app = new App();
		app.get("/float", { x: float() }, ({ x }) => String(x));
		app.get("/model", { q: Query(Model) }, ({ q }) => [q.x, q.y].map(String));
		app.post(
			{ path: "/model", response: Model },
			{ body: Model },
			({ body }) => body,
		);
		await using client = await TestClient.start(app);
		const float1 = await client.get("/float?x=-inf");
		assert.equal(await float1.json(), "-Infinity");
		const model = await client.get("/model?x=nan&y=1.5");
		assert.deepEqual(await model.json(), ["NaN", "1.5"]);
		const body = await client.post("/model", { body: '{"x":1e400}', headers });
		assert.equal(await body.text(), '{"x":null}');
		assert.deepEqual(await told(await client.get("/model?x=abc")), [
			"float_parsing query.x",
		]);
	});
});
