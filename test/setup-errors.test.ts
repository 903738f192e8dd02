import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
	SetupError,
	type SetupErrorCode,
	setupErrorCodes,
} from "../packages/vivace/src/errors/setup-error.ts";
import { databaseFolder, readSourceFiles, root } from "./source-files.ts";

const codes: readonly string[] = setupErrorCodes;

const pages = join(root, "docs/errors");

test("every setup error has a page, with its remedy, and no other has", () => {
	const names = globSync("viv_*.md", { cwd: pages });
	assert.deepEqual(
		names.toSorted(),
		codes.map((code) => `${code.toLowerCase()}.md`).toSorted(),
	);
	for (const code of codes) {
		const name = `${code.toLowerCase()}.md`;
		const text = readFileSync(join(pages, name), "utf8");
		assert.match(text, new RegExp(`^# ${code}\n\n\\S`), name);
		assert.match(text, /^## Remedy\n\n- \S/m, name);
	}
});

test("every setup error is listed, and names its page", () => {
	const list = readFileSync(join(pages, "README.md"), "utf8");
	const listed = Array.from(list.matchAll(/^- \[(\w+)\]\((\w+\.md)\)/gm));
	assert.deepEqual(
		listed.map(([, code]) => code),
		codes,
	);
	for (const [, code, page] of listed) {
		const { help } = new SetupError(code as SetupErrorCode, "…");
		assert.equal(help, `node_modules/vivace/docs/errors/${page}`);
	}
});

test("every setup error is thrown somewhere", () => {
	const sources = [
		...readSourceFiles(),
		...readSourceFiles(databaseFolder),
	].filter(({ path }) => path !== "errors/setup-error.ts");
	// LifespanError brings its code itself
	const isThrown = (code: string) =>
		code === "VIV_LIFESPAN" || sources.some(({ text }) => text.includes(code));
	assert.deepEqual(
		codes.filter((code) => !isThrown(code)),
		[],
	);
});

test("every setup error has a test", () => {
	const tests = globSync("{packages,apps}/*/test/**/*.test.ts", {
		cwd: root,
	}).map((path) => readFileSync(join(root, path), "utf8"));
	const untested = codes.filter(
		(code) => !tests.some((text) => text.includes(code)),
	);
	assert.deepEqual(untested, []);
});
