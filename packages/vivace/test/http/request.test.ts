import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { HTTPException } from "../../src/errors/http-exception.ts";
import { RequestValidationError } from "../../src/errors/validation-error.ts";
import { BodyTooLargeError } from "../../src/http/body-too-large-error.ts";
import { defaultLimits } from "../../src/http/limits.ts";
import { Request } from "../../src/http/request.ts";
import {
	MemoryExchange,
	MemorySource,
	memoryContext,
	memoryRequest,
} from "./memory-source.ts";

suite("the address of a request", () => {
	test("is absolute, made of scheme, Host, path and query as sent", () => {
		const request = memoryRequest({
			target: "/items/a%20b?q=1&r=%2F",
			scheme: "https",
			headers: [["host", "example.com:8443"]],
		});
		assert.equal(request.url, "https://example.com:8443/items/a%20b?q=1&r=%2F");
		assert.equal(request.rawPath, "/items/a%20b");
		assert.equal(request.path, "/items/a b");
	});

	test("has the root path in its base, with a final slash", () => {
		const request = memoryRequest({
			target: "/items/",
			context: { rootPath: "/api/v1" },
		});
		assert.equal(request.baseUrl, "http://testserver/api/v1/");
		assert.equal(request.url, "http://testserver/items/");
		assert.equal(request.rootPath, "/api/v1");
		assert.equal(memoryRequest().baseUrl, "http://testserver/");
	});

	const hosts: readonly (readonly [string | undefined, string])[] = [
		["[2001:db8::1]:80", "http://[2001:db8::1]:80/"],
		[undefined, "http://localhost/"],
		["", "http://localhost/"],
		["evil.example/path?", "http://localhost/"],
		["user@example.com", "http://localhost/"],
		["example.com:99a", "http://localhost/"],
	];
	for (const [host, url] of hosts) {
		test(`with Host ${JSON.stringify(host)} is ${url}`, () => {
			const headers = host === undefined ? [] : [["host", host] as const];
			assert.equal(memoryRequest({ headers }).url, url);
		});
	}

	const targets = [
		["http://example.com/a?b=c", "/a", "c"],
		["HTTPS://example.com?b=c", "/", "c"],
		["http://example.com", "/", undefined],
		["*", "*", undefined],
		["/a//b?b=", "/a//b", ""],
	] as const;
	for (const [target, path, b] of targets) {
		test(`takes the target ${target}`, () => {
			const request = memoryRequest({ target });
			assert.equal(request.rawPath, path);
			assert.equal(request.queryText("b"), b);
		});
	}

	test("has a path whose bad escapes do no harm", () => {
		assert.equal(
			memoryRequest({ target: "/%zz&%C3%A9+%ff" }).path,
			"/%zz&é+\ufffd",
		);
	});
});

test("the query comes as pairs, by name and as URLSearchParams", () => {
	const request = memoryRequest({ target: "/?a=1&b=x+y&a=2&lone&=v" });
	assert.deepEqual(request.queryPairs, [
		...["a", "1"],
		...["b", "x y"],
		...["a", "2"],
		...["lone", ""],
		...["", "v"],
	]);
	assert.equal(request.queryText("a"), "2");
	assert.deepEqual(request.queryTexts("a"), ["1", "2"]);
	assert.equal(request.queryText("missing"), undefined);
	assert.deepEqual(request.query.getAll("a"), ["1", "2"]);
	assert.equal(request.query, request.query);
});

test("headers come by name, joined, and as Headers", () => {
	const request = memoryRequest({
		headers: [
			["accept", "text/html"],
			["accept", "text/plain"],
		],
	});
	assert.equal(request.header("accept"), "text/html, text/plain");
	assert.equal(request.headers.get("Accept"), "text/html, text/plain");
	assert.equal(request.headers, request.headers);
});

test("cookies of several lines come as one record", () => {
	const request = memoryRequest({
		headers: [
			["cookie", "a=1; b=2"],
			["cookie", "a=3"],
		],
	});
	assert.deepEqual({ ...request.cookies }, { a: "3", b: "2" });
	assert.deepEqual({ ...memoryRequest().cookies }, {});
});

test("path parameters come by name", () => {
	const request = memoryRequest();
	request.pathNames = ["item_id", "rest"];
	request.pathTexts = ["7", "a/b"];
	assert.deepEqual(request.pathParams, { item_id: "7", rest: "a/b" });
});

test("state is what the lifespan yielded, locals belong to the request", () => {
	const state = { model: 42 };
	const context = memoryContext({ state });
	const first = new Request<typeof state>(new MemoryExchange(), context);
	const second = new Request<typeof state>(new MemoryExchange(), context);
	first.locals.user = "ada";
	assert.equal(first.state.model, 42);
	assert.equal(first.locals.user, "ada");
	assert.equal(second.locals.user, undefined);
	assert.equal(first.locals.toString, undefined);
	assert.deepEqual(first.client, { host: "192.0.2.7", port: 5000 });
});

suite("the body of a request", () => {
	test("is read once and gives the same bytes, text and JSON at every call", async () => {
		const source = new MemorySource({
			method: "POST",
			chunks: ['{"a":', '"é"}'],
		});
		const request = new Request(new MemoryExchange(source), memoryContext());
		assert.equal(request.bodyUsed, false);
		const bytes = await request.bytes();
		assert.equal(request.bodyUsed, true);
		assert.equal(await request.bytes(), bytes);
		assert.equal(await request.text(), '{"a":"é"}');
		assert.deepEqual(await request.json(), { a: "é" });
		assert.equal(source.bodyReads, 1);
	});

	test("is empty when there is none", async () => {
		assert.equal((await memoryRequest().bytes()).length, 0);
		assert.equal(await memoryRequest().text(), "");
	});

	test("that is not JSON throws a SyntaxError, one that is not UTF-8 a TypeError", async () => {
		const broken = memoryRequest({ chunks: ["{"] });
		await assert.rejects(broken.json(), RequestValidationError);
		const latin1 = memoryRequest({ chunks: [Uint8Array.of(0x22, 0xe9, 0x22)] });
		await assert.rejects(latin1.json(), {
			name: "HTTPException",
			status: 400,
		});
		assert.equal(await latin1.text(), '"\ufffd"');
	});

	test("arrives in its pieces from stream()", async () => {
		const source = new MemorySource({ chunks: ["a", "b"] });
		const request = new Request(new MemoryExchange(source), withBodyBytes(1));
		const pieces = await Array.fromAsync(request.stream(), (chunk) =>
			new TextDecoder().decode(chunk),
		);
		assert.deepEqual(pieces, ["a", "b"]);
		assert.equal(source.bodyReads, 0);
	});

	test("comes from stream() as it was read before", async () => {
		const request = memoryRequest({ chunks: ["a", "b"] });
		const bytes = await request.bytes();
		assert.deepEqual(await Array.fromAsync(request.stream()), [bytes]);
	});

	test("can't be read again once stream() has begun, and the error says so", async () => {
		const request = memoryRequest({ chunks: ["a", "b"] });
		for await (const _ of request.stream()) {
			break;
		}
		assert.equal(request.bodyUsed, true);
		const gone = { name: "TypeError", message: /stream\(\) has begun/ };
		await assert.rejects(request.bytes(), gone);
		await assert.rejects(request.text(), gone);
		await assert.rejects(request.json(), gone);
		await assert.rejects(request.stream().next(), gone);
	});

	test("can be replaced, read or not, for all that reads it after", async () => {
		for (const isRead of [false, true]) {
			const request = memoryRequest({ chunks: ["a", "b"] });
			if (isRead) {
				await request.text();
			}
			request.replaceBody(new TextEncoder().encode("[1]"));
			assert.deepEqual(await request.json(), [1]);
			const [piece] = await Array.fromAsync(request.stream());
			assert.equal(new TextDecoder().decode(piece), "[1]");
		}
	});

	test("is returned to the source when stream() is left early", async () => {
		const source = new MemorySource({ chunks: ["a", "b"] });
		const request = new Request(new MemoryExchange(source), memoryContext());
		for await (const _ of request.stream()) {
			break;
		}
		assert.equal(source.isBodyReturned, true);
	});

	test("that is too large is refused with 413 before more is taken", async () => {
		const source = new MemorySource({ chunks: ["abc", "def", "ghi"] });
		const request = new Request(new MemoryExchange(source), withBodyBytes(4));
		await assert.rejects(request.bytes(), (error) => {
			assert.ok(error instanceof BodyTooLargeError);
			assert.ok(error instanceof HTTPException);
			assert.equal(error.status, 413);
			assert.equal(error.detail, "Request body too large");
			assert.equal(error.limitBytes, 4);
			return true;
		});
		assert.equal(source.chunksTaken, 2);
		assert.equal(source.isBodyReturned, true);
	});

	test("that is announced as too large is not read at all", async () => {
		const source = new MemorySource({
			headers: [["content-length", "5"]],
			chunks: ["abcde"],
		});
		const request = new Request(new MemoryExchange(source), withBodyBytes(4));
		await assert.rejects(request.bytes(), BodyTooLargeError);
		assert.equal(source.chunksTaken, 0);
	});
});

suite("toWeb()", () => {
	test("gives a web Request with method, address, headers and body", async () => {
		const request = memoryRequest({
			method: "POST",
			target: "/items?q=1",
			headers: [
				["host", "example.com"],
				["content-type", "application/json"],
			],
			chunks: ['{"a"', ":1}"],
		});
		const web = request.toWeb();
		assert.ok(web instanceof globalThis.Request);
		assert.equal(request.toWeb(), web);
		assert.equal(web.method, "POST");
		assert.equal(web.url, "http://example.com/items?q=1");
		assert.equal(web.headers.get("content-type"), "application/json");
		assert.equal(request.bodyUsed, false);
		assert.deepEqual(await web.json(), { a: 1 });
		assert.equal(request.bodyUsed, true);
		await assert.rejects(request.bytes(), TypeError);
	});

	test("has the bytes that were read before", async () => {
		const request = memoryRequest({ method: "PUT", chunks: ["abc"] });
		await request.bytes();
		assert.equal(await request.toWeb().text(), "abc");
		assert.equal(await request.text(), "abc");
	});

	test("has no body for GET", () => {
		assert.equal(memoryRequest({ chunks: ["abc"] }).toWeb().body, null);
		const { body } = memoryRequest({ chunks: ["abc"], method: "get" }).toWeb();
		assert.equal(body, null); // the class takes it for a GET, which has none
	});
});

function withBodyBytes(bodyBytes: number) {
	return memoryContext({ limits: { ...defaultLimits, bodyBytes } });
}
