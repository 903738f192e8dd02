import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { SetupError } from "../../src/errors/setup-error.ts";
import { App, Body, Depends, dependency, Router } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const unreadable = { detail: "There was an error parsing the body" };
const json = { "content-type": "application/json" };

function missing(...names: string[]) {
	return names.map((name) => ({
		type: "missing",
		loc: ["body", name],
		msg: "Field required",
		input: null,
	}));
}

suite("a JSON body", () => {
	test("that is not UTF-8 is answered with 400, wherever the wrong byte is", async () => {
		const app = new App();
		app.post("/", { item: z.object({ name: z.string() }) }, ({ item }) => item);
		app.post("/own", async (_, request) => request.json());
		await using client = await TestClient.start(app);
		const latin1 = Uint8Array.from(
			[...'{"name":"caf\u00e9"}'].map((letter) => letter.charCodeAt(0)),
		);
		for (const path of ["/", "/own"]) {
			const response = await client.post(path, { body: latin1, headers: json });
			assert.equal(response.status, 400);
			assert.deepEqual(await response.json(), unreadable);
		}
	});

	test("is an object of its own for each who reads it", async () => {
		const Item = z.object({ tags: z.array(z.string()) });
		const tagged = dependency({ item: Item }, ({ item }) => {
			item.tags.push("seen");
			return item;
		});
		const app = new App();
		app.post(
			"/",
			{ item: Item, tagged, again: Depends(tagged, { useCache: false }) },
			({ item, tagged, again }) => [item, tagged, again],
		);
		await using client = await TestClient.start(app);
		const response = await client.post("/", { json: { tags: ["a"] } });
		assert.deepEqual(await response.json(), [
			{ tags: ["a"] },
			{ tags: ["a", "seen"] },
			{ tags: ["a", "seen"] },
		]);
	});

	test("is as deep as it may be, and one level more is a 400", async () => {
		const app = new App();
		app.post("/", { value: Body(z.unknown()) }, () => "taken");
		app.post("/own", async (_, request) => {
			await request.json();
			return "taken";
		});
		await using client = await TestClient.start(app);
		for (const path of ["/", "/own"]) {
			for (const [open, close] of [
				["[", "]"],
				['{"a":', "}"],
				['[{"]\\"[":', "}]"],
			] as const) {
				const levels = open.startsWith("[{") ? 100 : 200;
				const body = `${open.repeat(levels)}"]]"${close.repeat(levels)}`;
				const deep = await client.post(path, { body, headers: json });
				assert.equal(deep.status, 200, await deep.text());
				const deeper = `[${body}]`;
				const refused = await client.post(path, {
					body: deeper,
					headers: json,
				});
				assert.equal(refused.status, 400);
				assert.deepEqual(await refused.json(), unreadable);
			}
			const flat = `[${'[{"a":"["}],'.repeat(1000)}1]`;
			assert.equal(
				(await client.post(path, { body: flat, headers: json })).status,
				200,
			);
		}
	});

	test("of 10,000 brackets is a 400, wherever it would be shown", async () => {
		const app = new App();
		app.post("/number", { n: Body(z.int()) }, () => 1);
		app.post("/any", { value: Body(z.unknown()) }, ({ value }) => value);
		app.post("/model", { value: z.object({ a: z.int() }) }, () => 1);
		await using client = await TestClient.start(app);
		for (const path of ["/number", "/any", "/model"]) {
			for (const body of [
				"[".repeat(10_000),
				"[".repeat(10_000) + "]".repeat(10_000),
			]) {
				const response = await client.post(path, { body, headers: json });
				assert.equal(response.status, 400);
			}
		}
	});

	test("of a recursive schema never ends the stack", async () => {
		const Node = z.object({
			get next() {
				return Node.nullish();
			},
		});
		const app = new App({ limits: { jsonDepth: 1000 } });
		app.post({ path: "/", response: Node }, { node: Node }, ({ node }) => node);
		await using client = await TestClient.start(app);
		for (const end of ["null", '{"next":5}']) {
			for (const levels of [190, 900, 1000]) {
				const body = `${'{"next":'.repeat(levels - 1)}${end}${"}".repeat(levels - 1)}`;
				const response = await client.post("/", { body, headers: json });
				assert.ok(response.status < 500, `${levels}: ${response.status}`);
			}
		}
	});
});

suite("limits", () => {
	test("of a route go before its router's, those before include's and the app's, member by member", async () => {
		const app = new App({ limits: { bodyBytes: 10, jsonDepth: 3 } });
		const router = new Router({ limits: { bodyBytes: 20 } });
		const inner = new Router();
		app.post("/app", { value: Body(z.unknown()) }, () => 1);
		app.post("/app/own", async (_, request) => (await request.bytes()).length);
		router.post("/router", { value: Body(z.unknown()) }, () => 1);
		router.post(
			{ path: "/route", limits: { bodyBytes: 30 } },
			{ value: Body(z.unknown()) },
			() => 1,
		);
		router.post(
			{ path: "/own", limits: { bodyBytes: 30 } },
			async (_, request) => (await request.bytes()).length,
		);
		inner.post("/inner", { value: Body(z.unknown()) }, () => 1);
		router.include(inner, { limits: { bodyBytes: 40, jsonDepth: 1 } });
		app.include(router);
		await using client = await TestClient.start(app);
		const status = async (path: string, body: string) =>
			(await client.post(path, { body, headers: json })).status;
		const text = (length: number) => `"${"x".repeat(length - 2)}"`;
		for (const [path, bytes] of [
			["/app", 10],
			["/app/own", 10],
			["/router", 20],
			["/route", 30],
			["/own", 30],
			["/inner", 40],
		] as const) {
			assert.equal(await status(path, text(bytes)), 200, path);
			assert.equal(await status(path, text(bytes + 1)), 413, path);
		}
		assert.equal(await status("/route", "[[[1]]]"), 200);
		assert.equal(await status("/route", "[[[[1]]]]"), 400);
		assert.equal(await status("/inner", "[1]"), 200);
		assert.equal(await status("/inner", "[[1]]"), 400);
	});

	test("of a mounted app hold for what it serves", async () => {
		const sub = new App({ limits: { bodyBytes: 2000 } });
		sub.post("/", async (_, request) => (await request.bytes()).length);
		const app = new App({ limits: { bodyBytes: 10 } });
		app.mount("/sub", sub);
		await using client = await TestClient.start(app);
		const post = (bytes: number) =>
			client.post("/sub/", { body: "x".repeat(bytes) });
		assert.equal((await post(2000)).status, 200);
		assert.equal((await post(2001)).status, 413);
	});

	test("that make no sense are setup errors at their place", () => {
		const nonsense: readonly [() => unknown, RegExp][] = [
			[() => new App({ limits: { bodyBytes: -1 } }), /App: limits: bodyBytes/],
			[() => new App({ limits: { jsonDepth: 0 } }), /limits: jsonDepth.*1000/],
			[() => new App({ limits: { jsonDepth: 5000 } }), /limits: jsonDepth/],
			[() => new App({ limits: { problems: 0.5 } }), /limits: problems/],
			[
				() => new App({ limits: { bodySize: 1 } as never }),
				/App: limits: there is no option "bodySize"; there are bodyBytes, .*jsonDepth, problems/,
			],
			[() => new App({ limits: 5 as never }), /expected a record .* got 5/],
			[() => new App({ limits: [] as never }), /App: limits: .* got a list/],
			[
				() => new App({ limits: new Map() as never }),
				/App: limits: expected a record of options, got a Map/,
			],
			[() => new App({ limits: { bodyBytes: 1.5 } }), /whole.* got 1\.5/],
			[() => new App({ limits: { bodyBytes: Number.NaN } }), /got NaN/],
			[
				() => new App({ bodyLimitBytes: 1000 } as never),
				/no option "bodyLimitBytes" any more; write limits: \{ bodyBytes: 1_000_000 \}/,
			],
			[() => new Router({ limits: { problems: -1 } }), /Router: limits/],
			[
				() => new App().include(new Router(), { limits: { problems: 0 } }),
				/include\(\): limits/,
			],
			[
				() =>
					new App().get(
						{ path: "/x", limits: { bodyBytes: "1" as never } },
						() => 1,
					),
				/GET \/x: limits: bodyBytes must be a whole number of bytes.*got "1"/,
			],
		];
		for (const [make, message] of nonsense) {
			assert.throws(make, (error) => {
				assert.ok(error instanceof SetupError);
				assert.equal(error.code, "VIV_OPTION");
				assert.match(error.message, message);
				return true;
			});
		}
	});
});

suite("a body of another media type", () => {
	test("that is text is the text, if it is UTF-8", async () => {
		const app = new App();
		app.post(
			"/",
			{ note: Body(z.string().min(2), { mediaType: "text/markdown" }) },
			({ note }) => ({ note }),
		);
		await using client = await TestClient.start(app);
		const taken = await client.post("/", { body: '"é\n1' });
		assert.deepEqual(await taken.json(), { note: '"é\n1' });
		const wrong = await client.post("/", { body: Uint8Array.of(0xe9) });
		assert.equal(wrong.status, 400);
		assert.deepEqual(await wrong.json(), unreadable);
		assert.equal((await client.post("/", { body: "a" })).status, 422);
		const none = await client.post("/");
		assert.deepEqual(await none.json(), {
			detail: [
				{ type: "missing", loc: ["body"], msg: "Field required", input: null },
			],
		});
	});

	test("that is anything else is its bytes", async () => {
		const app = new App();
		app.post(
			"/",
			{ picture: Body(z.instanceof(Uint8Array), { mediaType: "image/png" }) },
			({ picture }) => [...picture],
		);
		await using client = await TestClient.start(app);
		const response = await client.post("/", { body: Uint8Array.of(0, 255) });
		assert.deepEqual(await response.json(), [0, 255]);
	});

	test("has no members to be embedded by", () => {
		const app = new App();
		const text = Body(z.string(), { mediaType: "text/plain" });
		assert.throws(
			() => app.post("/", { text, n: Body(z.int()) }, () => 1),
			/VIV_PARAMETER: POST \/: the body "text" is text\/plain, which has no members/,
		);
	});
});

suite("bodies under their names", () => {
	const Item = z.object({ a: z.int().nullish() });
	const app = new App();
	app.post(
		"/one",
		{ item: Body(Item.nullish(), { embed: true }) },
		(values) => values,
	);
	app.post(
		"/two",
		{ first: Body(Item.nullish()), second: Body(z.int().default(7)) },
		(values) => values,
	);

	test("are missing from JSON that has no members, optional or not", async () => {
		await using client = await TestClient.start(app);
		for (const body of ["[]", "5", '"x"', "true", '[{"item":{}}]']) {
			const one = await client.post("/one", { body, headers: json });
			assert.equal(one.status, 422);
			assert.deepEqual(await one.json(), { detail: missing("item") });
			const two = await client.post("/two", { body, headers: json });
			assert.deepEqual(await two.json(), {
				detail: missing("first", "second"),
			});
		}
	});

	test("are absent where there is no body, null, or no JSON", async () => {
		await using client = await TestClient.start(app);
		for (const request of [
			{},
			{ body: "null", headers: json },
			{ body: '"x"', headers: { "content-type": "text/plain" } },
			{ body: "{}", headers: json },
		]) {
			const one = await client.post("/one", request);
			assert.deepEqual(await one.json(), { item: null });
			const two = await client.post("/two", request);
			assert.deepEqual(await two.json(), { first: null, second: 7 });
		}
	});
});
