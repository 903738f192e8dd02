import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseCookieHeader } from "../../src/http/cookie-header.ts";
import { Response } from "../../src/http/response.ts";
import {
	formatDeleteCookie,
	formatSetCookie,
	type SetCookieOptions,
} from "../../src/http/set-cookie.ts";

suite("a cookie is written as FastAPI writes it", () => {
	// the left sides were given to Python's http.cookies
	const values = [
		["value", "k=value"],
		["a b", 'k="a b"'],
		['q"z', 'k="q\\"z"'],
		["a;b", 'k="a\\073b"'],
		["a,b", 'k="a\\054b"'],
		["é", 'k="\\351"'],
		["", 'k=""'],
		["\\x", 'k="\\\\x"'],
		["a\tb", 'k="a\\011b"'],
		["x=y/z?", 'k="x=y/z?"'],
		['{"a":1}', 'k="{\\"a\\":1}"'],
	] as const;
	for (const [value, text] of values) {
		test(`the value ${JSON.stringify(value)}`, () => {
			assert.equal(
				formatSetCookie("k", value),
				`${text}; Path=/; SameSite=lax`,
			);
			const quoted = text.slice(2);
			assert.equal(parseCookieHeader(`k=${quoted}`).k, value);
		});
	}

	const options: readonly (readonly [SetCookieOptions, string])[] = [
		[{}, "k=v; Path=/; SameSite=lax"],
		[{ path: null, sameSite: null }, "k=v"],
		[{ path: "" }, "k=v; SameSite=lax"],
		[{ maxAge: 0 }, "k=v; Max-Age=0; Path=/; SameSite=lax"],
		[
			{ partitioned: true, secure: true },
			"k=v; Partitioned; Path=/; SameSite=lax; Secure",
		],
		[
			{
				secure: true,
				httpOnly: true,
				sameSite: "none",
				domain: "localhost",
				path: "/",
				maxAge: 10,
				expires: new Date("2100-01-22T12:00:00Z"),
			},
			"k=v; Domain=localhost; expires=Fri, 22 Jan 2100 12:00:00 GMT; HttpOnly; Max-Age=10; Path=/; SameSite=none; Secure",
		],
		[
			{ expires: "Fri, 22 Jan 2100 12:00:00 GMT" },
			"k=v; expires=Fri, 22 Jan 2100 12:00:00 GMT; Path=/; SameSite=lax",
		],
	];
	for (const [given, text] of options) {
		test(`the options ${JSON.stringify(given)}`, () => {
			assert.equal(formatSetCookie("k", "v", given), text);
		});
	}

	test("an expiry in seconds counts from now", (context) => {
		context.mock.timers.enable({
			apis: ["Date"],
			now: Date.parse("2026-01-01T00:00:00Z"),
		});
		assert.match(
			formatSetCookie("k", "v", { expires: 60 }),
			/; expires=Thu, 01 Jan 2026 00:01:00 GMT;/,
		);
	});
});

suite("a cookie that can't stand in a header is refused", () => {
	const cases: readonly (readonly [
		string,
		string,
		SetCookieOptions,
		RegExp,
	])[] = [
		["", "v", {}, /name must be a token/],
		["a b", "v", {}, /name must be a token/],
		["a=b", "v", {}, /name must be a token/],
		["Path", "v", {}, /not an attribute's name/],
		["k", "北", {}, /"k".*beyond ISO 8859-1.*encodeURIComponent/],
		["k", "v", { path: "/;Secure" }, /Path of the cookie "k"/],
		["k", "v", { domain: "a\r\nb" }, /Domain of the cookie "k"/],
		["k", "v", { expires: "a\nb" }, /expires of the cookie "k"/],
	];
	for (const [name, value, options, message] of cases) {
		test(JSON.stringify([name, value, options]), () => {
			assert.throws(() => formatSetCookie(name, value, options), {
				name: "TypeError",
				message,
			});
		});
	}
});

test("a cookie that browsers drop in silence is refused", () => {
	for (const options of [
		{ sameSite: "none" },
		{ sameSite: "none", secure: false },
		{ partitioned: true },
	] as const) {
		assert.throws(() => formatSetCookie("k", "v", options), {
			code: "VIV_OPTION",
			message: /setCookie\("k"\): browsers drop .* add secure: true\.$/,
		});
	}
});

suite("a cookie that browsers drop or change is refused with the remedy", () => {
	const cases: readonly (readonly [string, SetCookieOptions, RegExp])[] = [
		[
			"__Host-a",
			{},
			/"__Host-a" needs secure: true or another name, or browsers drop it\.$/,
		],
		["__Secure-a", {}, /"__Secure-a" needs secure: true/],
		["__Host-a", { secure: true, domain: "a.example" }, /can't have a domain/],
		["__Host-a", { secure: true, path: "/x" }, /needs path: "\/"/],
		["__Host-a", { secure: true, path: null }, /needs path: "\/"/],
		["k", { domain: "https://shop.example" }, /without scheme and port/],
		["k", { domain: "shop.example:8000" }, /got "shop\.example:8000"/],
		["k", { path: "admin" }, /browsers ignore it; write "\/admin"\.$/],
	];
	for (const [name, options, message] of cases) {
		test(JSON.stringify([name, options]), () => {
			const problem = { code: "VIV_OPTION", message };
			assert.throws(() => formatSetCookie(name, "v", options), problem);
			assert.throws(() => formatDeleteCookie(name, options), problem);
		});
	}

	test("but those that have what their name says, and domains with a dot before them, are taken", () => {
		const text = formatSetCookie("__Host-a", "v", { secure: true });
		assert.equal(text, "__Host-a=v; Path=/; SameSite=lax; Secure");
		const options = { secure: true, domain: ".a.example", path: "/x" };
		assert.match(formatSetCookie("__Secure-a", "v", options), /\.a\.example/);
	});

	test("more than 4,096 bytes of name and value, as they are written", () => {
		assert.match(formatSetCookie("k", "v".repeat(4095)), /^k=v{4095};/);
		for (const value of ["v".repeat(4096), "é".repeat(1024)]) {
			assert.throws(() => formatSetCookie("k", value), {
				name: "RangeError",
				message: /^The cookie "k" has 4\d+ bytes .* store an id in it/,
			});
		}
	});

	test("a date that is none is told as that", () => {
		assert.throws(
			() => formatSetCookie("k", "v", { expires: new Date("nonsense") }),
			{
				code: "VIV_OPTION",
				message: /expires must be .*, got an invalid Date\.$/,
			},
		);
	});
});

test("a response can set several cookies and delete one", () => {
	const response = new Response("hello");
	response.setCookie("a", "1");
	response.setCookie("b", "2", { httpOnly: true });
	response.deleteCookie("c", { path: "/app", domain: "example.com" });
	const [a, b, c] = response.headers.getSetCookie();
	assert.equal(a, "a=1; Path=/; SameSite=lax");
	assert.equal(b, "b=2; HttpOnly; Path=/; SameSite=lax");
	assert.match(
		c ?? "",
		/^c=""; Domain=example\.com; expires=\w{3}, [^;]+ GMT; Max-Age=0; Path=\/app; SameSite=lax$/,
	);
});
