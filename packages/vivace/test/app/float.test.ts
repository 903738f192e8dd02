import assert from "node:assert/strict";
import { test } from "node:test";
import { App, Body, Query } from "../../src/index.ts";
import { float } from "../../src/schemas.ts";
import { TestClient } from "../../src/testing.ts";

test("a float takes what FastAPI's takes, and null stands for it in an answer", async () => {
	const app = new App();
	app.get("/", { x: float() }, ({ x }) => [x, String(x)]);
	app.get("/path/{x}", { x: float() }, ({ x }) => String(x));
	app.get(
		{ path: "/bounds", response: float() },
		{ x: Query(float({ minimum: 0, default: 7 })) },
		({ x }) => x,
	);
	app.post("/", { x: Body(float()) }, ({ x }) => String(x));
	await using client = await TestClient.start(app);
	const get = async (url: string) => (await client.get(url)).json();
	const texts: readonly (readonly [string, number])[] = [
		["1.5", 1.5],
		["inf", Infinity],
		["-Infinity", -Infinity],
		["nan", Number.NaN],
		["1e400", Infinity],
	];
	for (const [text, value] of texts) {
		const json = Number.isFinite(value) ? value : null;
		assert.deepEqual(await get(`/?x=${text}`), [json, String(value)]);
		assert.equal(await get(`/path/${text}`), String(value));
	}
	assert.equal(await get("/bounds"), 7);
	assert.equal(await get("/bounds?x=inf"), null);
	for (const text of ["-inf", "nan", "-1", "x"]) {
		assert.equal((await client.get(`/bounds?x=${text}`)).status, 422, text);
	}
	const huge = await client.post("/", {
		body: "-1e400",
		headers: { "content-type": "application/json" },
	});
	assert.equal(await huge.json(), "-Infinity");
	const { paths } = app.openapi() as unknown as {
		paths: Record<string, { get: { parameters: { schema: unknown }[] } }>;
	};
	assert.deepEqual(paths["/bounds"]?.get.parameters[0]?.schema, {
		type: "number",
		minimum: 0,
		default: 7,
		title: "X",
	});
});
