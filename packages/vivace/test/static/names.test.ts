import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { AskedStats } from "../../src/static/asked-stats.ts";
import { isHashed } from "../../src/static/cache-rule.ts";
import { acceptedCodings } from "../../src/static/content-coding.ts";
import { isHidden, pathSegments } from "../../src/static/path-segments.ts";

suite("the segments of a path", () => {
	for (const [path, segments] of [
		["", []],
		["/", []],
		["/a/b.txt", ["a", "b.txt"]],
		["//a///b/", ["a", "b"]],
		["/a/./b/../c", ["a", "c"]],
		["/..", "outside"],
		["/a/../../a/b", "outside"],
		["/a\0", "none"],
		["/a\\b", "none"],
		["/%2e%2e", ["%2e%2e"]],
		["/...", ["..."]],
		["/a:b", ["a:b"]],
	] as const) {
		test(JSON.stringify(path), () => {
			assert.deepEqual(pathSegments(path, false), segments);
		});
	}

	test("are fewer on Windows", () => {
		for (const name of [
			"con",
			"CON",
			"con.txt",
			"nul .txt",
			"aux",
			"COM1",
			"com¹",
			"lpt9.log",
			"CONIN$",
			"a.txt.",
			"a.txt ",
			"a.txt::$DATA",
			"c:",
			"a?",
			"a*",
			"a|b",
			"a<b",
			'a"b',
			"a\u0007b",
			"...",
		]) {
			assert.equal(pathSegments(`/x/${name}`, true), "none", name);
			assert.notEqual(pathSegments(`/x/${name}`, false), "none", name);
		}
		for (const name of ["console", "com.txt", "com10", "nulls", "a.b", "lpt"]) {
			assert.deepEqual(pathSegments(`/${name}`, true), [name]);
		}
		assert.deepEqual(pathSegments("/a/./../b", true), ["b"]);
	});

	test("are hidden by a dot, anywhere", () => {
		for (const [segments, expected] of [
			[["a", ".b"], true],
			[[".a", "b"], true],
			[[".well-known", "x"], false],
			[["a", ".well-known"], true],
			[["a.b"], false],
		] as const) {
			assert.equal(isHidden(segments), expected, segments.join("/"));
		}
	});
});

test("a hash in a name is told from a word", () => {
	for (const name of [
		"app.3f2a9c1b.js",
		"main.0a1b2c3d4e5f60718293.css",
		"index-Di3rgTda.js",
		"index-B3cC-x_y.js",
		"app-ZWKO3WHI.js",
		"logo.8f14e45f.svg",
		"app.3f2a9c1b.js.map",
		"vendor.react-3f2a9c1b.js",
	]) {
		assert.equal(isHashed(name), true, name);
	}
	for (const name of [
		"index.html",
		"app.js",
		"app.min.js",
		"3f2a9c1b",
		"3f2a9c1b.js",
		"jquery-3.7.1.min.js",
		"app.bootstrap.js",
		"chart-Version2.js",
		"report-20261128.pdf",
		"foo-LongName.js",
		"foo-deadbeef.js",
		"utf8-decoder.js",
		"a.version10.js",
		"font-awesome.css",
		"README-CHANGELO.md",
	]) {
		assert.equal(isHashed(name), false, name);
	}
});

test("the codings that a client accepts, what it likes best first", () => {
	for (const [header, names] of [
		[undefined, []],
		["", []],
		["gzip", ["gzip"]],
		["GZIP, BR", ["br", "gzip"]],
		["gzip, deflate, br, zstd", ["br", "zstd", "gzip"]],
		["br;q=0.5, gzip;q=0.9", ["gzip", "br"]],
		["br; q=0, *", ["zstd", "gzip"]],
		["*;q=0", []],
		["gzip;q=nonsense", []],
		["identity;q=1, gzip;q=0.5", []],
		["identity;q=0, gzip;q=0.5", ["gzip"]],
		[",,;,q=1", []],
	] as const) {
		const found = acceptedCodings(header).map(({ name }) => name);
		assert.deepEqual(found, names, String(header));
	}
});

test("what is asked in one turn is asked once, and never before the question", async () => {
	const asked: string[] = [];
	const stats = new AskedStats(async (path) => {
		asked.push(path);
		if (path === "bad") {
			throw new Error("bad");
		}
		return `${path} ${asked.length}`;
	});
	const first = [stats.of("a"), stats.of("a"), stats.of("b"), stats.of("a")];
	assert.deepEqual(asked, []);
	assert.deepEqual(await Promise.all(first), ["a 1", "a 1", "b 2", "a 1"]);
	assert.equal(await stats.of("a"), "a 3");
	const bad = await Promise.allSettled([stats.of("bad"), stats.of("bad")]);
	assert.deepEqual(
		bad.map(({ status }) => status),
		["rejected", "rejected"],
	);
	assert.deepEqual(asked, ["a", "b", "a", "bad"]);
});
