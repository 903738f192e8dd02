import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "./source-files.ts";

const passes = `import { test } from "node:test"; test("passes", () => {});`;

/** Runs test files in one process; gives its exit code and what it has written. */
function run(...texts: readonly string[]) {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-in-turn-"));
	const files = texts.map((text, index) => {
		const path = join(folder.path, `${index}.mjs`);
		writeFileSync(path, text);
		return [`file ${index}`, pathToFileURL(path).href];
	});
	const group = join(folder.path, "group.mjs");
	const runner = pathToFileURL(join(root, "scripts/run-in-turn.ts")).href;
	writeFileSync(
		group,
		`import { runInTurn } from ${JSON.stringify(runner)}; await runInTurn(${JSON.stringify(files)});`,
	);
	const { NODE_TEST_CONTEXT: _, ...env } = process.env; // it is a process of its own, not a test of this one
	const { status, stdout, stderr } = spawnSync(process.execPath, [group], {
		env,
		encoding: "utf8",
	});
	return { status, output: stdout + stderr };
}

test("files that pass in one process end it well", () => {
	assert.equal(run(passes, passes).status, 0);
});

test("a file that can't be loaded fails, and the next runs", () => {
	const { status, output } = run(`throw new Error("broken")`, passes);
	assert.equal(status, 1);
	assert.match(output, /broken/);
	assert.match(output, /passes/);
});

test("a file that ends the process with 0 does not hide those behind it", () => {
	const { status, output } = run(
		`import { test } from "node:test"; test("ends", () => process.exit(0));`,
		`import { test } from "node:test"; test("fails", () => { throw new Error(); });`,
	);
	assert.equal(status, 1);
	assert.match(output, /ended before all of its test files had run/);
});
