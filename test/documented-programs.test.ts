import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
	examplePrograms,
	examplesOf,
	fencedPrograms,
	markdownPrograms,
} from "./programs.ts";
import { root } from "./source-files.ts";
import { typeCheck } from "./type-check.ts";

test("every @example compiles", async () => {
	const { errors } = await typeCheck(examplePrograms());
	assert.equal(errors, "");
});

test("every TypeScript program in the Markdown pages compiles", async () => {
	const { errors } = await typeCheck(markdownPrograms());
	assert.equal(errors, "");
});

test("every excerpt in the Markdown pages stands in the file that it names", () => {
	const excerpts = globSync(["*.md", "docs/**/*.md"], {
		cwd: root,
		exclude: ["docs/reference/**"],
	}).flatMap((path) =>
		Array.from(
			readFileSync(join(root, path), "utf8").matchAll(
				/^```ts (\w\S*\/\S+)\n([\s\S]*?)^```/gm,
			),
			([, file = "", code = ""]) => ({ path, file, code }),
		),
	);
	const foreign = excerpts.filter(
		({ file, code }) => !readFileSync(join(root, file), "utf8").includes(code),
	);
	assert.deepEqual(foreign, []);
});

test("every program in examples/ has a test that imports it", () => {
	const files = globSync("examples/**/*.ts", {
		cwd: root,
		exclude: ["**/node_modules/**"],
	}).map((path) => path.replaceAll("\\", "/"));
	const isTest = (path: string) => path.includes("/test/");
	const programs = files.filter((path) => /\/(?:main|app)\.ts$/.test(path));
	const tests = files
		.filter(isTest)
		.map((path) => readFileSync(join(root, path), "utf8"));
	const untested = programs.filter((path) => {
		const name = path.split("/").at(-1) ?? path;
		return !tests.some((text) => text.includes(name));
	});
	assert.deepEqual(untested, []);
});

test("examples are found with their line, programs by their fence", () => {
	const comment =
		'/**\n * A value.\n *\n * @example\n * ```ts\n * const a = "`";\n *\n * b(a);\n * ```\n */\nexport {};';
	assert.deepEqual(examplesOf(comment), [
		{ line: 5, code: 'const a = "`";\n\nb(a);\n' },
	]);
	assert.deepEqual(fencedPrograms("a\n```ts\nb();\n```\n```sh\nc\n```\n"), [
		{ line: 2, code: "b();\n" },
	]);
});
