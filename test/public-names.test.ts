import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
	publicNamesFile,
	readEntries,
	readEntryFile,
	readPublicNames,
} from "../scripts/public-names.ts";
import {
	databaseFolder,
	readSourceFiles,
	root,
	withoutComments,
} from "./source-files.ts";

test("the public names are the ones that were meant (npm run public-names)", () => {
	const meant = JSON.parse(readFileSync(publicNamesFile, "utf8"));
	assert.deepEqual(readPublicNames(), meant);
});

test("vivace itself exports at most 80 names", () => {
	// who needs the type of an option writes AppOptions["limits"]; what is public can't be changed any more
	const names = readPublicNames()["."] ?? [];
	assert.ok(names.length > 0 && names.length <= 80, `${names.length}`);
});

test("every entry exports at run time what its list says", async () => {
	for (const [entry, names] of Object.entries(readPublicNames())) {
		const file = join(
			root,
			"packages/vivace",
			readEntries()[entry] ?? "../vivace-database/src/index.ts",
		);
		const values = names.filter((name) => !name.startsWith("type "));
		assert.deepEqual(Object.keys(await import(file)).sort(), values, entry);
	}
});

test("an entry file holds re-exports by name, behind what refuses old runtimes, and nothing else", () => {
	for (const file of Object.values(readEntries())) {
		const rest = withoutComments(readEntryFile(file))
			.replace(/^import "\.\/errors\/oldest-runtime\.ts";$/m, "")
			.replaceAll(/^export\s+(?:type\s+)?\{[^}]*\}\s*from\s*"[^"]+";/gm, "")
			.trim();
		assert.equal(rest, "", file);
	}
});

test("no other file re-exports, and nothing is exported by a wildcard", () => {
	const entries = Object.values(readEntries());
	const files = [...readSourceFiles(), ...readSourceFiles(databaseFolder)];
	const violations = files.flatMap(({ path, text }) => {
		const code = withoutComments(text);
		const isEntry = entries.includes(`./src/${path}`);
		const pattern = isEntry
			? /^export\s*\*/gm
			: /^export\s*(?:\*|(?:type\s*)?\{[^}]*\}\s*from\b)/gm;
		return (code.match(pattern) ?? []).map((line) => `${path}: ${line}`);
	});
	assert.deepEqual(violations, []);
});
