import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { databaseFolder, readSourceFiles, root } from "./source-files.ts";
import { typeCheck } from "./type-check.ts";

test("every @example compiles", async () => {
	const programs = Object.fromEntries(
		[...readSourceFiles(), ...readSourceFiles(databaseFolder)].flatMap(
			({ path, text }) =>
				examplesOf(text).map(({ line, code }) => [
					`${path.replace(/\.ts$/, "")}-line-${line}.ts`,
					code,
				]),
		),
	);
	if (Object.keys(programs).length === 0) {
		return; // no entry file has been written yet
	}
	const { errors } = await typeCheck(programs);
	assert.equal(errors, "");
});

test("every TypeScript program in the Markdown pages compiles", async () => {
	const programs = Object.fromEntries(
		globSync(["*.md", "docs/**/*.md", "bench/*.md"], {
			cwd: root,
			exclude: ["docs/reference/**"],
		}).flatMap((path) =>
			fencedPrograms(readFileSync(join(root, path), "utf8")).map(
				({ line, code }) => [`${path}-line-${line}.ts`, code],
			),
		),
	);
	if (Object.keys(programs).length === 0) {
		return;
	}
	const { errors } = await typeCheck(programs);
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

interface Program {
	/** Of the fence that opens it. */
	readonly line: number;
	readonly code: string;
}

function examplesOf(text: string): Program[] {
	return Array.from(
		text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm),
		({ 0: comment, index }) => {
			const firstLine = text.slice(0, index).split("\n").length;
			const plain = comment.replaceAll(/^[ \t]*\*[ ]?/gm, "");
			if (!plain.includes("@example")) {
				return [];
			}
			return fencedPrograms(plain).map(({ line, code }) => ({
				line: firstLine + line - 1,
				code,
			}));
		},
	).flat();
}

function fencedPrograms(text: string): Program[] {
	return Array.from(
		text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm),
		({ 1: code = "", index }) => ({
			line: text.slice(0, index).split("\n").length,
			code,
		}),
	);
}
