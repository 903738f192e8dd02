import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exceptions, runtimeFree } from "../scripts/runtime-exceptions.ts";
import { findTestFiles } from "../scripts/test-files.ts";
import { root } from "./source-files.ts";

for (const [runtime, files] of Object.entries(exceptions)) {
	test(`every test that is skipped on ${runtime} is there`, () => {
		for (const [file, reasons] of Object.entries(files)) {
			const text = readFileSync(join(root, file), "utf8");
			if (typeof reasons === "string") {
				continue;
			}
			for (const name of Object.keys(reasons)) {
				// further on it may be filled in by a template
				const [begin = ""] = /^\S+ \S+ \S+/.exec(name) ?? [];
				assert.ok(text.includes(begin), `${file}: ${name}`);
			}
		}
	});
}

test("every test file that says nothing about a runtime is there", () => {
	const files = findTestFiles(
		[join(root, "packages/*"), join(root, "apps/*")],
		[],
	);
	for (const begin of runtimeFree) {
		assert.ok(
			files.some((file) => file.startsWith(join(root, begin))),
			begin,
		);
	}
});
