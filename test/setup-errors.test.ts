import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setupErrorCodes } from "../packages/vivace/src/errors/setup-error.ts";
import { databaseFolder, readSourceFiles, root } from "./source-files.ts";

const codes: readonly string[] = setupErrorCodes;

test("every setup error has a paragraph in docs/errors.md, and no other has", () => {
	const text = readFileSync(join(root, "docs/errors.md"), "utf8");
	const sections = text.split(/^## /m).slice(1);
	const explained = sections
		.filter((section) => section.split("\n").slice(1).join("").trim() !== "")
		.map((section) => section.split("\n")[0]);
	assert.deepEqual(explained, codes);
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
