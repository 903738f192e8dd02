import assert from "node:assert/strict";
import { test } from "node:test";
import {
	isOrigin,
	isOriginOfHost,
	originRemedy,
} from "../../src/http/request-origin.ts";

test("an origin is what browsers send, of the web and of apps", () => {
	for (const [text, isRight] of [
		["https://shop.example", true],
		["http://127.0.0.1:8000", true],
		["https://[::1]:8443", true],
		["https://xn--bcher-kva.example", true],
		["capacitor://localhost", true],
		["chrome-extension://abcdef", true],
		["https://shop.example/", false],
		["https://shop.example:443", false],
		["https://SHOP.example", false],
		["https://bücher.example", false],
		["https://*.shop.example", false],
		["https://ada@shop.example", false],
		["shop.example", false],
		["null", false],
		["*", false],
		["file:///", false],
		["", false],
		[/shop/, false],
	] as const) {
		assert.equal(isOrigin(text), isRight, String(text));
	}
});

test("what is none says what was meant, where that can be known", () => {
	assert.equal(
		originRemedy("https://SHOP.example:443/a"),
		'write "https://shop.example"',
	);
	assert.equal(
		originRemedy("https://bücher.example"),
		'write "https://xn--bcher-kva.example"',
	);
	for (const text of ["shop.example", "null", "https://*.a.example", 1]) {
		assert.match(originRemedy(text), /^write scheme, host and perhaps a port/);
	}
});

test("a page is of the host that was asked, with or without the default port", () => {
	for (const [origin, host, isSame] of [
		["https://shop.example", "shop.example", true],
		["https://SHOP.example", "shop.EXAMPLE", true],
		["https://shop.example", "shop.example:443", true],
		["http://shop.example", "shop.example:80", true],
		["http://shop.example:8080", "shop.example:8080", true],
		["https://shop.example", "shop.example:80", false],
		["https://shop.example", "shop.example:8443", false],
		["https://shop.example:8443", "shop.example", false],
		["https://shop.example.evil", "shop.example", false],
		["https://evil@shop.example", "shop.example", false],
		["capacitor://shop.example", "shop.example", false],
		["null", "null", false],
		["null", undefined, false],
		["https://shop.example", undefined, false],
	] as const) {
		assert.equal(isOriginOfHost(origin, host), isSame, `${origin} ${host}`);
	}
});
