import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { HTMLResponse } from "../../src/http/html-response.ts";
import { JSONResponse } from "../../src/http/json-response.ts";
import { PlainTextResponse } from "../../src/http/plain-text-response.ts";
import { RedirectResponse } from "../../src/http/redirect-response.ts";
import { Response } from "../../src/http/response.ts";
import { ResponseHeaders } from "../../src/http/response-headers.ts";

class CalendarResponse extends Response {
	static override readonly mediaType = "text/calendar";
}

suite("a text is sent in the charset of its media type", () => {
	class LatinResponse extends Response {
		static override readonly mediaType = "text/plain; charset=ISO-8859-1";
	}
	const latin = Uint8Array.of(0x67, 0xfc, 0x6e);
	const cases: [string, Response, string | Uint8Array][] = [
		["UTF-8", new Response("gün", { mediaType: "text/csv" }), "gün"],
		[
			"UTF-8 by name",
			new Response("gün", { mediaType: 'text/csv; charset="UTF-8"' }),
			"gün",
		],
		["a class", new LatinResponse("gün"), latin],
		[
			"a media type",
			new Response("gün", { mediaType: "text/csv;Charset=latin1" }),
			latin,
		],
		[
			"a header",
			new PlainTextResponse("gün", {
				headers: { "content-type": "text/plain; charset=iso-8859-1" },
			}),
			latin,
		],
		[
			"what all have",
			new Response("a", { mediaType: "text/x; charset=big5" }),
			"a",
		],
		["bytes", new LatinResponse(Uint8Array.of(1)), Uint8Array.of(1)],
	];
	for (const [name, { body }, expected] of cases) {
		test(name, () => assert.deepEqual(body, expected));
	}

	test("or refused, where that has no form for it", () => {
		assert.throws(
			() => new LatinResponse("12 €"),
			/TypeError: "€" \(character 4 of the text\) is not in ISO 8859-1/,
		);
		assert.throws(
			() => new Response("gün", { mediaType: "text/x; charset=windows-1252" }),
			/TypeError: A text is sent in UTF-8 or ISO 8859-1, not in "windows-1252"/,
		);
	});
});

suite("a response says what it contains", () => {
	const cases: readonly (readonly [string, Response, string | null])[] = [
		["Response", new Response("a"), null],
		[
			"Response with a media type",
			new Response("a", { mediaType: "application/xml" }),
			"application/xml",
		],
		[
			"text without charset",
			new Response("a", { mediaType: "text/csv" }),
			"text/csv; charset=utf-8",
		],
		[
			"text with charset",
			new Response("a", { mediaType: "text/csv; Charset=ascii" }),
			"text/csv; Charset=ascii",
		],
		[
			"a content-type header goes first",
			new Response("a", {
				mediaType: "text/csv",
				headers: { "Content-Type": "text/x" },
			}),
			"text/x",
		],
		["HTML", new HTMLResponse("<p>"), "text/html; charset=utf-8"],
		["plain text", new PlainTextResponse("a"), "text/plain; charset=utf-8"],
		["JSON", new JSONResponse({}), "application/json"],
		[
			"JSON of another type",
			new JSONResponse({}, { mediaType: "application/problem+json" }),
			"application/problem+json",
		],
		[
			"compiled JSON",
			new Response("{}", undefined, "application/json"),
			"application/json",
		],
		["redirect", new RedirectResponse("/"), null],
		[
			"a class of one's own",
			new CalendarResponse(),
			"text/calendar; charset=utf-8",
		],
		[
			"a class of one's own, told otherwise",
			new CalendarResponse("", { mediaType: "text/x-vcalendar" }),
			"text/x-vcalendar; charset=utf-8",
		],
	];
	for (const [name, response, contentType] of cases) {
		test(name, () => {
			assert.equal(response.headers.get("content-type"), contentType);
		});
	}
});

test("JSON is compact and not escaped to ASCII", () => {
	const response = new JSONResponse({ a: 1, b: [1, "北"] }, { status: 201 });
	assert.equal(response.body, '{"a":1,"b":[1,"北"]}');
	assert.equal(response.status, 201);
});

test("a text with a media type has no other header until one is set", () => {
	const response = new Response("[1]", undefined, "application/json");
	assert.equal(response.onlyType, "application/json");
	assert.equal(response.status, 200);
	assert.equal(response.body, "[1]");
	response.headers.append("x-a", "1");
	assert.equal(response.onlyType, undefined);
	assert.deepEqual(
		[...response.headers],
		[
			["content-type", "application/json"],
			["x-a", "1"],
		],
	);
});

for (const status of [99, 103, 600, 200.5, Number.NaN, "200" as never]) {
	test(`the status ${status} is refused`, () => {
		assert.throws(() => new Response(null, { status }), {
			name: "RangeError",
			message: `The status of a response must be a whole number from 200 to 599, got ${typeof status === "string" ? '"200"' : status}.`,
		});
	});
}

suite("a redirect", () => {
	// quoted as Python's urllib.parse.quote does with Starlette's list of safe characters
	const addresses = [
		["/items", "/items"],
		["https://example.com/a?b=c&d#e", "https://example.com/a?b=c&d#e"],
		["/a b", "/a%20b"],
		["/a%20b", "/a%20b"],
		["/a%zz", "/a%zz"],
		["/北京", "/%E5%8C%97%E4%BA%AC"],
		["/[x]!$&'()*+,;=@~", "/[x]!$&'()*+,;=@~"],
		['/"<>\\^`{|}', "/%22%3C%3E%5C%5E%60%7B%7C%7D"],
		["/a\r\nset-cookie: b", "/a%0D%0Aset-cookie:%20b"],
		["/\ud800", "/%EF%BF%BD"],
	] as const;
	for (const [address, location] of addresses) {
		test(`to ${JSON.stringify(address)}`, () => {
			const response = new RedirectResponse(address);
			assert.equal(response.headers.get("location"), location);
		});
	}

	test("keeps the method by default, and takes another status and headers", () => {
		const response = new RedirectResponse(new URL("https://example.com/é"), {
			status: 303,
			headers: { "x-why": "moved" },
		});
		assert.equal(new RedirectResponse("/").status, 307);
		assert.equal(response.status, 303);
		assert.equal(response.headers.get("x-why"), "moved");
		assert.equal(
			response.headers.get("location"),
			"https://example.com/%C3%A9",
		);
		assert.equal(response.body, null);
	});
});

suite("response headers", () => {
	test("are lines with lower-case names", () => {
		const headers = new ResponseHeaders({ "X-A": "1" });
		headers.append("x-a", "2");
		headers.append("Set-Cookie", "a=1");
		headers.append("Set-Cookie", "b=2");
		assert.deepEqual(
			[...headers],
			[
				["x-a", "1"],
				["x-a", "2"],
				["set-cookie", "a=1"],
				["set-cookie", "b=2"],
			],
		);
		assert.equal(headers.get("X-A"), "1, 2");
		assert.deepEqual(headers.getSetCookie(), ["a=1", "b=2"]);
		assert.equal(headers.has("SET-COOKIE"), true);
		assert.equal(headers.get("missing"), null);
	});

	test("set replaces every line, delete removes them", () => {
		const headers = new ResponseHeaders([
			["a", "1"],
			["b", "2"],
			["a", "3"],
		]);
		headers.set("A", "4");
		assert.deepEqual(headers.lines, ["b", "2", "a", "4"]);
		headers.delete("B");
		assert.deepEqual(headers.lines, ["a", "4"]);
	});

	test("take a web Headers", () => {
		const headers = new ResponseHeaders(new Headers({ "X-A": "1" }));
		assert.deepEqual(headers.lines, ["x-a", "1"]);
	});

	for (const [name, value] of [
		["a b", "1"],
		["", "1"],
		["a:", "1"],
		["a", "1\r\nb: 2"],
		["a", "\0"],
		["a", "北"],
	] as const) {
		test(`refuse ${JSON.stringify([name, value])}`, () => {
			const headers = new ResponseHeaders();
			assert.throws(() => headers.append(name, value), TypeError);
			assert.throws(() => headers.set(name, value), TypeError);
			assert.throws(
				() => new Response(null, { headers: [[name, value]] }),
				TypeError,
			);
			assert.deepEqual(headers.lines, []);
		});
	}
});
