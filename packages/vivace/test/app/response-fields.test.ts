import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as v from "valibot";
import {
	App,
	Body,
	EventSourceResponse,
	type RouteOptions,
	ServerSentEvent,
} from "vivace";
import { TestClient } from "vivace/testing";
import { z } from "zod";

const Item = z.codec(
	z.object({
		"list-price": z.int(),
		note: z.string().nullish(),
		"is-new": z.boolean().default(true),
	}),
	z.object({
		listPrice: z.int(),
		note: z.string().nullish(),
		isNew: z.boolean(),
	}),
	{
		decode: (wire) => ({
			listPrice: wire["list-price"],
			note: wire.note,
			isNew: wire["is-new"],
		}),
		encode: (own) => ({
			"list-price": own.listPrice,
			note: own.note,
			"is-new": own.isNew,
		}),
	},
);

suite("excludeUnset across the names of a codec", () => {
	test("leaves in a body what was sent", async () => {
		const app = new App();
		app.post("/", { item: Body(Item, { excludeUnset: true }) }, ({ item }) =>
			Object.keys(item),
		);
		await using client = await TestClient.start(app);
		const answer = await client.post("/", { json: { "list-price": 3 } });
		assert.deepEqual(await answer.json(), ["listPrice"]);
	});

	test("keeps in an answer what was set, at any depth", async () => {
		const app = new App();
		const options = { response: z.object({ items: z.array(Item) }) };
		app.get({ path: "/", ...options, excludeUnset: true }, () => ({
			items: [{ listPrice: 3, isNew: false }],
		}));
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), {
			items: [{ "list-price": 3, "is-new": false }],
		});
	});

	test("keeps what a transform makes", async () => {
		const app = new App();
		const Renamed = z
			.object({ p_alias: z.int(), size: z.int().default(1) })
			.transform(({ p_alias, size }) => ({ p: p_alias, size }));
		app.post(
			"/",
			{ item: Body(Renamed, { excludeUnset: true }) },
			({ item }) => item,
		);
		await using client = await TestClient.start(app);
		const answer = await client.post("/", { json: { p_alias: 3 } });
		assert.deepEqual(await answer.json(), { p: 3 });
	});
});

suite("include and exclude", () => {
	const owned = { listPrice: 3, note: "n", isNew: false };

	test("name fields by their own names, not by those on the wire", async () => {
		const app = new App();
		app.get(
			{ path: "/out", response: Item, exclude: ["listPrice"] },
			() => owned,
		);
		app.get(
			{
				path: "/in",
				response: z.object({ a: z.array(Item.nullish()) }),
				include: { a: ["isNew"] },
			},
			() => ({ a: [owned, null] }),
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/out")).json(), {
			note: "n",
			"is-new": false,
		});
		assert.deepEqual(await (await client.get("/in")).json(), {
			a: [{ "is-new": false }, null],
		});
	});

	test("refuse a name that is no field, where it is declared wrongly and for any library", async () => {
		const User = z.object({ id: z.int(), secret: z.string() });
		const Valibot = v.object({ id: v.number(), secret: v.string() });
		const wrong: readonly [RouteOptions, RegExp][] = [
			[
				{ path: "/", response: User, exclude: ["sceret"] },
				/VIV_RESPONSE: GET \/: exclude names "sceret", which is no field of the response; it has "id", "secret"/,
			],
			[{ path: "/", response: Item, exclude: ["list-price"] }, /"listPrice"/],
			[{ path: "/", response: Valibot, include: ["sceret"] }, /include names/],
			[
				{
					path: "/",
					response: z.array(z.object({ user: User })),
					include: { user: ["x"] },
				},
				/include names "x"/,
			],
		];
		for (const [options, message] of wrong) {
			const app = new App();
			app.get(options, () => ({}) as never);
			await assert.rejects(async () => {
				await using _client = await TestClient.start(app);
			}, message);
		}
	});

	test("take any name where the fields are not known, or may be further ones", async () => {
		const app = new App();
		app.get({ path: "/any", exclude: ["b"] }, () => ({ a: 1, b: 2 }));
		app.get(
			{
				path: "/open",
				response: z.looseObject({ a: z.int() }),
				exclude: ["b"],
			},
			() => ({ a: 1, b: 2 }),
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/any")).json(), { a: 1 });
		assert.deepEqual(await (await client.get("/open")).json(), { a: 1 });
	});
});

suite("a stream's items are without the fields that are not sent", () => {
	const User = z.object({
		name: z.string(),
		password: z.string(),
		note: z.string().nullish(),
		size: z.int().default(1),
	});
	const ada = { name: "ada", password: "secret" };
	const cases: readonly [string, object, object][] = [
		["include", { include: ["name"] }, { name: "ada" }],
		[
			"exclude",
			{ exclude: ["password"] },
			{ name: "ada", note: null, size: 1 },
		],
		["excludeNone", { excludeNone: true }, { ...ada, size: 1 }],
		["excludeUnset", { excludeUnset: true }, ada],
		["excludeDefaults", { excludeDefaults: true }, ada],
	];
	for (const [name, options, expected] of cases) {
		test(`${name}: JSON lines and server-sent events`, async () => {
			const app = new App();
			const route = { response: User, ...options };
			app.get({ path: "/lines", ...route }, async function* () {
				yield ada;
			});
			app.get({ path: "/sync", ...route }, function* () {
				yield ada;
			});
			app.get(
				{ path: "/events", ...route, responseClass: EventSourceResponse },
				async function* () {
					yield ada;
				},
			);
			await using client = await TestClient.start(app);
			for (const path of ["/lines", "/sync"]) {
				assert.deepEqual(await (await client.get(path)).json(), expected);
			}
			const text = await (await client.get("/events")).text();
			const [, data = ""] = /^data: (.*)$/m.exec(text) ?? [];
			assert.deepEqual(JSON.parse(data), expected);
		});
	}

	test("without a response schema too; an event that is written by hand stays as it is", async () => {
		const app = new App();
		app.get({ path: "/", exclude: ["password"] }, function* () {
			yield ada;
		});
		app.get(
			{
				path: "/events",
				exclude: ["password"],
				responseClass: EventSourceResponse,
			},
			function* () {
				yield new ServerSentEvent({ data: { password: "p" } });
			},
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), { name: "ada" });
		assert.match(await (await client.get("/events")).text(), /"password"/);
	});
});
