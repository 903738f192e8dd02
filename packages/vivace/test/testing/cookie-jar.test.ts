import assert from "node:assert/strict";
import { test } from "node:test";
import { CookieJar } from "../../src/testing/cookie-jar.ts";

const past = "Thu, 01 Jan 1970 00:00:00 GMT";
const future = "Fri, 01 Jan 2100 00:00:00 GMT";

/** Cookies that are received at an address, asked for at another, and sent there. */
const cases: readonly (readonly [
	name: string,
	received: readonly string[],
	from: string,
	to: string,
	sent: string,
])[] = [
	["is sent back", ["a=1"], "http://test/", "http://test/x", "a=1"],
	["keeps its quotes", ['a="x y"'], "http://test/", "http://test/", 'a="x y"'],
	["may hold =", ["a=b=c"], "http://test/", "http://test/", "a=b=c"],
	["may have no name", ["abc"], "http://test/", "http://test/", "abc"],
	["may be empty", ["a="], "http://test/", "http://test/", "a="],
	["is replaced", ["a=1", "b=2", "a=3"], "http://t/", "http://t/", "a=3; b=2"],
	[
		"ends with Max-Age=0",
		["a=1", "a=; Max-Age=0"],
		"http://t/",
		"http://t/",
		"",
	],
	[
		"ends in the past",
		["a=1", `a=; expires=${past}`],
		"http://t/",
		"http://t/",
		"",
	],
	[
		"stays until a date",
		[`a=1; Expires=${future}`],
		"http://t/",
		"http://t/",
		"a=1",
	],
	[
		"has a Max-Age that goes before its date",
		[`a=1; Max-Age=60; Expires=${past}`],
		"http://t/",
		"http://t/",
		"a=1",
	],
	[
		"ignores a date that is none",
		["a=1; Expires=soon"],
		"http://t/",
		"http://t/",
		"a=1",
	],
	["stays with its host", ["a=1"], "http://test/", "http://sub.test/", ""],
	[
		"may be its domain's",
		["a=1; Domain=.test"],
		"http://test/",
		"http://sub.test/",
		"a=1",
	],
	[
		"is not another's",
		["a=1; Domain=other"],
		"http://test/",
		"http://other/",
		"",
	],
	[
		"does not end alike by chance",
		["a=1; Domain=test"],
		"http://test/",
		"http://xtest/",
		"",
	],
	[
		"of a number is the number's",
		["a=1; Domain=0.1"],
		"http://127.0.0.1/",
		"http://127.0.0.1/",
		"",
	],
	[
		"belongs to its folder",
		["a=1"],
		"http://t/in/login",
		"http://t/in/x",
		"a=1",
	],
	["is not sent outside of it", ["a=1"], "http://t/in/login", "http://t/", ""],
	["has a path", ["a=1; Path=/in"], "http://t/x", "http://t/in/x", "a=1"],
	[
		"has a path of whole segments",
		["a=1; Path=/in"],
		"http://t/",
		"http://t/inner",
		"",
	],
	[
		"of a longer path goes first",
		["a=1; Path=/", "a=2; Path=/in"],
		"http://t/",
		"http://t/in",
		"a=2; a=1",
	],
	[
		"that is secure is not taken over HTTP",
		["a=1; Secure"],
		"http://t/",
		"https://t/",
		"",
	],
	[
		"that is secure is not sent over HTTP",
		["a=1; Secure"],
		"https://t/",
		"http://t/",
		"",
	],
	[
		"that is secure is sent over HTTPS",
		["a=1; Secure"],
		"https://t/",
		"https://t/",
		"a=1",
	],
	[
		"that is secure works on the own machine",
		["a=1; Secure"],
		"http://localhost/",
		"http://localhost/",
		"a=1",
	],
	[
		"may claim to be secure only if it is",
		["__Secure-a=1", "__secure-b=1"],
		"https://t/",
		"https://t/",
		"",
	],
	[
		"may claim to be its host's only if it is",
		[
			"__Host-a=1; Secure; Path=/; Domain=t",
			"__host-c=1; Secure; Path=/c",
			"__Host-d=1; Secure",
			"__Host-b=1; Secure; Path=/",
		],
		"https://t/",
		"https://t/",
		"__Host-b=1",
	],
];

for (const [name, received, from, to, sent] of cases) {
	test(`a cookie ${name}`, () => {
		const jar = new CookieJar();
		for (const header of received) {
			jar.receive(header, new URL(from));
		}
		assert.equal(jar.headerFor(new URL(to)), sent);
	});
}

test("a test reads, sets and deletes cookies", () => {
	const jar = new CookieJar();
	const address = new URL("http://test/");
	jar.receive("session=abc; Path=/", address);
	assert.equal(jar.get("session"), "abc");
	assert.equal(jar.get("other"), undefined);
	jar.set("session", "mine");
	jar.set("theme", "dark", { path: "/shop" });
	jar.set("other", "host's", { domain: "Other" });
	assert.equal(jar.headerFor(address), "session=mine");
	assert.equal(
		jar.headerFor(new URL("http://sub.other/shop/1")),
		"theme=dark; session=mine; other=host's",
	);
	assert.deepEqual(Object.fromEntries(jar), {
		theme: "dark",
		session: "mine",
		other: "host's",
	});
	jar.receive("session=; Max-Age=0; Path=/", address);
	jar.delete("theme");
	assert.deepEqual([...jar], [["other", "host's"]]);
	jar.clear();
	assert.deepEqual([...jar], []);
});
