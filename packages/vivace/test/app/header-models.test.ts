import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { App, Header, Query, serve } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

suite("a header model", () => {
	test("reads dashed names alone: the name in code is another header, which nobody vouches for", async () => {
		const app = new App();
		const params = { user: Header(z.object({ x_user_id: z.string() })) };
		app.get("/", params, ({ user }) => user);
		await using client = await TestClient.start(app);
		const forged = await client.get("/", { headers: { x_user_id: "evil" } });
		assert.equal(forged.status, 422);
		const { detail } = (await forged.json()) as { detail: { loc: unknown }[] };
		assert.deepEqual(detail[0]?.loc, ["header", "x_user_id"]);
		for (const headers of [
			{ "x-user-id": "ada", x_user_id: "evil" },
			{ x_user_id: "evil", "x-user-id": "ada" },
		]) {
			const both = await client.get("/", { headers });
			assert.deepEqual(await both.json(), { x_user_id: "ada" });
		}
	});

	test("that forbids further headers doesn't count the name in code as one", async () => {
		const app = new App();
		const user = Header(z.strictObject({ x_user_id: z.string(), ...around }));
		app.get("/", { user }, ({ user }) => user.x_user_id);
		await using client = await TestClient.start(app);
		const both = await client.get("/", {
			headers: { "x-user-id": "ada", x_user_id: "evil" },
		});
		assert.equal(await both.json(), "ada");
		const other = await client.get("/", {
			headers: { "x-user-id": "ada", "x-other": "1" },
		});
		assert.equal(other.status, 422);
	});

	test("gives single fields aliases of their own, also in errors and the document", async () => {
		const app = new App();
		const Trace = z.object({ traceId: z.string(), user_agent: z.string() });
		app.get(
			"/",
			{ trace: Header(Trace, { aliases: { traceId: "X_Trace" } }) },
			({ trace }) => trace,
		);
		app.get(
			"/query",
			{
				page: Query(z.object({ from: z.int(), size: z.int() }), {
					aliases: { from: "from-id" },
				}),
			},
			({ page }) => page,
		);
		await using client = await TestClient.start(app);
		const headers = { x_trace: "t1", "user-agent": "test" };
		assert.deepEqual(await (await client.get("/", { headers })).json(), {
			traceId: "t1",
			user_agent: "test",
		});
		const page = await client.get("/query?from-id=1&size=2");
		assert.deepEqual(await page.json(), { from: 1, size: 2 });
		const wrong = await client.get("/query?from-id=x");
		assert.deepEqual(await wrong.json(), {
			detail: [
				{
					type: "int_parsing",
					loc: ["query", "from-id"],
					msg: "Input should be a valid integer, unable to parse string as an integer",
					input: "x",
				},
				{
					type: "missing",
					loc: ["query", "size"],
					msg: "Field required",
					input: { "from-id": "x" },
				},
			],
		});
		const documented = app.openapi() as unknown as {
			paths: Record<string, { get: { parameters: { name: string }[] } }>;
		};
		assert.deepEqual(
			documented.paths["/"]?.get.parameters.map(({ name }) => name),
			["X_Trace", "user-agent"],
		);
		assert.deepEqual(
			documented.paths["/query"]?.get.parameters.map(({ name }) => name),
			["from-id", "size"],
		);
	});

	test("with an alias for what it hasn't is a setup error", () => {
		const app = new App();
		assert.throws(
			() =>
				app.get(
					"/",
					{
						user: Header(z.object({ id: z.string() }), {
							aliases: { ide: "X" },
						}),
					},
					() => 1,
				),
			/VIV_PARAMETER: GET \/: aliases of "user" names "ide", which is no field of it; its fields are id/,
		);
		assert.throws(
			() =>
				app.get(
					"/",
					{ id: Header(z.string(), { aliases: { id: "X" } }) },
					() => 1,
				),
			/VIV_PARAMETER.*no object schema; write alias/,
		);
	});
});

const around = {
	host: z.string().optional(),
	"user-agent": z.string().optional(),
	accept: z.string().optional(),
};

test("of a repeated header the first counts where one value is wanted, over a socket", async () => {
	const app = new App();
	const Model = z.object({ x_one: z.string(), x_all: z.array(z.string()) });
	app.get("/single", { x_one: Header(z.string()) }, ({ x_one }) => x_one);
	app.get(
		"/list",
		{ x_all: Header(z.array(z.string())) },
		({ x_all }) => x_all,
	);
	app.get("/model", { model: Header(Model) }, ({ model }) => model);
	await using server = await serve(app, {
		port: 0,
		signals: false,
		log: { ...console, info: () => undefined },
	});
	const get = async (path: string) => {
		const { request } = await import("node:http");
		const { promise, resolve } = Promise.withResolvers<string>();
		const headers = ["x-one", "a, b", "x-one", "c", "x-all", "d", "x-all", "e"];
		const url = new URL(path, server.url);
		headers.unshift("host", url.host);
		request(url, { headers }, async (response) => {
			let text = "";
			for await (const chunk of response) {
				text += chunk;
			}
			resolve(text);
		}).end();
		return JSON.parse(await promise);
	};
	assert.equal(await get("/single"), "a, b");
	assert.deepEqual(await get("/list"), ["d", "e"]);
	assert.deepEqual(await get("/model"), { x_one: "a, b", x_all: ["d", "e"] });
});
