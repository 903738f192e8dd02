import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ReloadPatterns } from "../../src/cli/reload-patterns.ts";

const folder = join("/", "work", "shop");

const cases: [pattern: string, path: string, matches: boolean][] = [
	["*.html", "a.html", true],
	["*.html", "pages/deep/a.html", true],
	["*.html", "pages/a.html.bak", false],
	["pages/*.txt", "pages/a.txt", true],
	["pages/*.txt", "other/pages/a.txt", true],
	["pages/*.txt", "pages/deep/a.txt", false],
	["generated", "generated/deep/a.ts", true],
	["generated/", "src/generated/a.ts", true],
	["generated", "src/not-generated.ts", false],
	["./main.ts", "main.ts", true],
	[".env*", ".env.local", true],
];

for (const [pattern, path, matches] of cases) {
	test(`${pattern} ${matches ? "matches" : "does not match"} ${path}`, () => {
		const file = join(folder, path);
		const none = { include: [], exclude: [], folder };
		const include = new ReloadPatterns({ ...none, include: [pattern] });
		assert.equal(include.isIncluded(file), matches);
		assert.equal(include.isExcluded(file), false);
		const exclude = new ReloadPatterns({ ...none, exclude: [pattern] });
		assert.equal(exclude.isExcluded(file), matches);
		assert.equal(exclude.isIncluded(file), !matches);
	});
}

test("what is excluded is not included, whatever the other patterns say", () => {
	const patterns = new ReloadPatterns({
		include: ["*.html"],
		exclude: ["draft"],
		folder,
	});
	assert.ok(patterns.isIncluded(join(folder, "a.html")));
	assert.ok(!patterns.isIncluded(join(folder, "draft", "a.html")));
});
