import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	mkdirSync,
	mkdtempDisposableSync,
	readdirSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "./source-files.ts";

const passes = `import { test } from "node:test"; test("passes", () => {});`;

/** Runs test files in one process; gives its exit code and what it has written. */
function run(...texts: readonly string[]) {
	return runBeside([], ...texts);
}

/** The same, in a process beside another one that has taken some of the files. */
function runBeside(others: readonly number[], ...texts: readonly string[]) {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-in-turn-"));
	const taken = join(folder.path, "taken");
	mkdirSync(taken);
	for (const index of others) {
		mkdirSync(join(taken, `${index}`));
	}
	const files = texts.map((text, index) => {
		const path = join(folder.path, `${index}.mjs`);
		writeFileSync(path, text);
		return [`file ${index}`, pathToFileURL(path).href] as const;
	});
	const result = runIn(taken, files);
	return { ...result, takenNow: readdirSync(taken).map(Number).sort() };
}

/** Runs test files, by name and URL, in a process that takes them from a queue. */
function runIn(
	taken: string,
	files: readonly (readonly [name: string, url: string])[],
) {
	const runner = pathToFileURL(join(root, "scripts/run-in-turn.ts")).href;
	const group = `import { runInTurn } from ${JSON.stringify(runner)}; await runInTurn(${JSON.stringify(files)}, ${JSON.stringify(taken)});`;
	const { NODE_TEST_CONTEXT: _, ...env } = process.env; // it is a process of its own, not a test of this one
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		["--input-type=module", "--eval", group],
		{ env, encoding: "utf8" },
	);
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

test("a file that another process has taken is that one's", () => {
	const fails = `throw new Error("is run twice")`;
	const { status, output, takenNow } = runBeside([0, 2], fails, passes, fails);
	assert.equal(status, 0, output);
	assert.match(output, /file 1/);
	assert.deepEqual(takenNow, [0, 1, 2]);
});

test("a queue that can't be written fails, so that no file is passed over", () => {
	using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-in-turn-"));
	const { status, output } = runIn(join(folder.path, "nowhere"), [
		["file", "data:text/javascript,"],
	]);
	assert.equal(status, 1);
	assert.match(output, /ENOENT/);
});
