import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./source-files.ts";

/** How long a file may be; CONTRIBUTING.md asks for 100 to 250 lines. */
const limitLines = 400;

/** Files that are longer, each with the reason why it is not two. */
const longFiles: Readonly<Record<string, string>> = {
	"packages/vivace/src/app/app.ts":
		"the public class, half of it documentation; what it does stands beside it",
	"packages/vivace/src/app/router.ts":
		"the public class, a third of it documentation; what it declares stands in one list",
	"packages/vivace/src/http/request.ts":
		"the public class, half of it documentation; its views share what was read",
	"packages/vivace-database/src/mysql/mysql-connection.ts":
		"one connection: what a statement may do depends on the one before",
	"packages/vivace-database/src/postgres/postgres-connection.ts":
		"one connection: what a statement may do depends on the one before",
	"packages/vivace-database/src/pool/pool.ts":
		"one queue and its counts, which every method changes",
	"packages/vivace-database/src/session/unit-of-work.ts":
		"one transaction: each method leads from one of its states to another",
};

const sources = globSync(
	[
		"{packages,apps}/*/**/*.{ts,mjs}",
		"{scripts,bench,test,examples,site}/**/*.{ts,mjs}",
	],
	{ cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] },
).map((path) => {
	const text = readFileSync(join(root, path), "utf8");
	return { path: path.replaceAll("\\", "/"), lines: text.split("\n") };
});

const forms: readonly (readonly [name: string, wrong: RegExp])[] = [
	[
		"a constant is named as a variable is: maximumRedirects",
		/^(?:export )?const (?:[A-Z][A-Z0-9]*_\w*|[A-Z0-9]{4,})\b/,
	],
	["an error's class stands bare: @throws SetupError", /@throws \{/],
	[
		'a comment names the thing, it does not begin with "What"',
		/(?:\/\/|\/\*\*) [Ww]hat |^\s*\* What /,
	],
	["a field without a value is not given undefined", /undefined = undefined;$/],
];

for (const [name, wrong] of forms) {
	test(name, () => {
		const findings = sources.flatMap(({ path, lines }) =>
			lines
				.map((line, index) => `${path}:${index + 1}: ${line.trim()}`)
				.filter((_, index) => wrong.test(lines[index] ?? "")),
		);
		assert.deepEqual(findings, []);
	});
}

/** Of syntax that Node 20 and 22 can't parse: they are to say which Node is needed (errors/oldest-runtime.ts), not where a word is unexpected. */
const tooNew = /^\s*(?:await )?using \w+ =|^import defer\b|\(\?[ims]+:/;

test("all that is published can be parsed by older runtimes", () => {
	const findings = sources
		.filter(({ path }) => /^packages\/[^/]+\/src\//.test(path))
		.flatMap(({ path, lines }) =>
			lines.flatMap((line, index) =>
				tooNew.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
			),
		);
	assert.deepEqual(findings, []);
});

test("a file holds one idea, in at most 400 lines", () => {
	const long = sources
		.filter(({ path }) => !/(?:^|\/)test\//.test(path))
		.filter(({ lines }) => lines.length - 1 > limitLines)
		.map(({ path, lines }) => `${path}: ${lines.length - 1}`);
	const names = long.map((entry) => entry.slice(0, entry.indexOf(":")));
	const known = Object.keys(longFiles);
	assert.deepEqual(
		long.filter((_, index) => !known.includes(names[index] ?? "")),
		[],
	);
	assert.deepEqual(
		known.filter((name) => !names.includes(name)),
		[],
		"these are short enough to leave the list",
	);
});
