import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	Header,
	HTTPException,
	RedirectResponse,
	Request,
} from "../../src/index.ts";
import { HTTPStatusError, TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

function echo(): App {
	const app = new App({ logger: quiet });
	app.route(
		["GET", "POST", "TRACE", "PURGE"],
		"/echo",
		{ request: Request },
		async ({ request }) => ({
			method: request.method,
			query: request.search,
			headers: Object.fromEntries(request.headers),
			client: request.client,
			body: await request.text(),
		}),
	);
	app.get("/to", { request: Request }, ({ request }) => {
		return new RedirectResponse(request.queryText("url") ?? "/echo");
	});
	return app;
}

interface Echo {
	readonly method: string;
	readonly query: string;
	readonly headers: Record<string, string>;
	readonly client: { readonly host: string; readonly port: number };
	readonly body: string;
}

const read = async (response: Promise<Response>) =>
	(await (await response).json()) as Echo;

describe("requests of the test client", () => {
	test("come from the address that client or request names", async () => {
		const client = { host: "203.0.113.7", port: 1_234 };
		await using tester = await TestClient.start(echo(), { client });
		assert.deepEqual((await read(tester.get("/echo"))).client, client);
		const other = { host: "2001:db8::1", port: 0 };
		const seen = await read(tester.get("/echo", { client: other }));
		assert.deepEqual(seen.client, other);
		assert.deepEqual((await read(tester.get("/to"))).client, client);
		await assert.rejects(
			tester.get("/echo", { client: { host: "x", port: 70_000 } }),
			/VIV_OPTION: GET \/echo: client must be an address: \{ host:/,
		);
	});

	test("have headers, query and auth of the client, which may change", async () => {
		await using client = await TestClient.start(echo(), {
			headers: { "X-Tenant": "a" },
			query: { key: "k", page: [1, 2] },
			auth: ["ada", "pass:word"],
		});
		const first = await read(client.get("/echo"));
		assert.equal(first.headers["x-tenant"], "a");
		assert.equal(first.headers["user-agent"], "testclient");
		assert.equal(first.headers.authorization, `Basic ${btoa("ada:pass:word")}`);
		assert.equal(first.query, "?key=k&page=1&page=2");

		client.headers.set("x-tenant", "b");
		client.query.delete("page");
		client.query.set("lang", "de");
		client.auth = undefined;
		const second = await read(client.get("/echo?key=own&n=1"));
		assert.equal(second.headers["x-tenant"], "b");
		assert.equal(second.headers.authorization, undefined);
		assert.equal(second.query, "?key=own&n=1&lang=de");
		const own = { query: { lang: null }, headers: { "X-TENANT": "c" } };
		const third = await read(client.get("/echo", own));
		assert.equal(third.query, "?key=k");
		assert.equal(third.headers["x-tenant"], "c");
	});

	test("take auth of the request, of the client or of the address, in this order", async () => {
		await using client = await TestClient.start(echo());
		const sent = async (url: string, options = {}) =>
			(await read(client.get(url, options))).headers.authorization;
		const url = "http://bob:s%3A@testserver/echo";
		assert.equal(await sent(url), `Basic ${btoa("bob:s:")}`);
		client.auth = ["ada", "x"];
		assert.equal(await sent(url), `Basic ${btoa("ada:x")}`);
		assert.equal(
			await sent(url, { auth: ["é", "€"] }),
			"Basic w6k64oKs", // UTF-8, RFC 7617 §2.1
		);
		assert.equal(await sent(url, { auth: null }), undefined);
		const headers = { Authorization: "Bearer t" };
		assert.equal(await sent(url, { headers }), "Bearer t");
		client.headers.set("authorization", "Bearer c");
		client.auth = undefined;
		assert.equal(await sent("/echo"), "Bearer c");
		assert.equal(await sent("/echo", { auth: ["a", "b"] }), "Basic YTpi");
		await assert.rejects(
			TestClient.start(echo(), { auth: ["a:b", "c"] }),
			/VIV_OPTION: .*auth must be a name without a colon and a password/,
		);
	});

	test("have any method, TRACE too, and any a body", async () => {
		await using client = await TestClient.start(echo());
		for (const method of ["TRACE", "purge", "GET"]) {
			const { status } = await client.request(method, "/echo");
			assert.equal(status, 200, method);
		}
		const { method, body } = await read(
			client.request("get", "/echo", { json: { a: 1 } }),
		);
		assert.deepEqual([method, body], ["GET", '{"a":1}']);
	});

	test("send a header in several lines", async () => {
		const app = new App({ logger: quiet });
		const tags = Header(z.array(z.string()), { alias: "X-Tag" });
		app.get("/", { tags }, ({ tags }) => tags);
		await using client = await TestClient.start(app);
		const pairs: [string, string][] = [
			["X-Tag", "a, b"],
			["x-tag", "c"],
		];
		assert.deepEqual(await (await client.get("/", { headers: pairs })).json(), [
			"a, b",
			"c",
		]);
		const headers = new Headers({ "x-tag": "d" });
		assert.deepEqual(await (await client.get("/", { headers })).json(), ["d"]);
	});
});

describe("answers of the test client", () => {
	test("say which address gave them, and by which redirects", async () => {
		const app = echo();
		app.post("/made", () => new RedirectResponse("/to", { status: 303 }));
		await using client = await TestClient.start(app);
		const plain = await client.get("/echo?a=1#part");
		assert.equal(plain.url, "http://testserver/echo?a=1");
		assert.equal(plain.redirected, false);
		assert.deepEqual(plain.history, []);
		const response = await client.post("/made", { json: {} });
		assert.equal(response.url, "http://testserver/echo");
		assert.equal(response.redirected, true);
		assert.equal(response.method, "GET");
		assert.deepEqual(
			response.history.map(({ method, url, status }) => [method, url, status]),
			[
				["POST", "http://testserver/made", 303],
				["GET", "http://testserver/to", 307],
			],
		);
		assert.ok(response.elapsedMs > 0);
		assert.ok(response instanceof globalThis.Response);
		const copy = response.clone();
		assert.equal(copy.url, response.url);
		assert.deepEqual(await copy.json(), await response.json());
		assert.throws(() => response.clone(), TypeError);
	});

	test("keep credentials from another origin, and the body's headers from a GET", async () => {
		const app = echo();
		app.post("/made", () => new RedirectResponse("/echo", { status: 303 }));
		await using client = await TestClient.start(app, { auth: ["a", "b"] });
		const options = { cookies: { own: "1" } };
		const same = await read(client.get("/to", options));
		assert.equal(same.headers.authorization, "Basic YTpi");
		assert.equal(same.headers.cookie, "own=1");
		const query = { url: "https://other.test/echo" };
		const other = await read(client.get("/to", { ...options, query }));
		assert.equal(other.headers.host, "other.test");
		assert.equal(other.headers.authorization, undefined);
		assert.equal(other.headers.cookie, undefined);
		const made = await read(client.post("/made", { json: {} }));
		assert.equal(made.headers["content-type"], undefined);
	});

	test("are refused by raiseForStatus() unless they are of success", async () => {
		const app = echo();
		app.get("/no", () => {
			throw new HTTPException(404, "no such book");
		});
		await using client = await TestClient.start(app);
		const good = await client.get("/echo");
		assert.equal(good.raiseForStatus(), good);
		const response = await client.get("/no");
		assert.throws(
			() => response.raiseForStatus(),
			(error) => {
				assert.ok(error instanceof HTTPStatusError);
				assert.equal(error.response, response);
				assert.equal(
					error.message,
					'GET http://testserver/no: 404 Not Found: {"detail":"no such book"}',
				);
				return true;
			},
		);
		assert.deepEqual(await response.json(), { detail: "no such book" });
		const redirect = await client.get("/to", { followRedirects: false });
		assert.throws(
			() => redirect.raiseForStatus(),
			/: 307 Temporary Redirect: to \/echo$/,
		);
	});
});
