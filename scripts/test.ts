/**
 * Checks everything: types, lint, tests. `npm test -- router openapi` runs only the test files whose path contains one of the words.
 * `npm run check` (`--fast`) leaves out the tests that start processes, and lets the others share a few, beside types and lint.
 *
 * With `VIVACE_NO_SKIP=1` a skipped test is a failure.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempDisposableSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { parseArgs } from "node:util";
import { findTestFiles, paceOf } from "./test-files.ts";
import { groupTests } from "./test-groups.ts";
import { failMark, passMark, reportTests } from "./test-report.ts";

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules/.bin");
const { values, positionals: words } = parseArgs({
	options: { fast: { type: "boolean", default: false } },
	allowPositionals: true,
});
const caches = join(root, "node_modules/.cache");
const folders = ["packages/*", "apps/*", "examples", "examples/*", "."];
// of one process; a file that leaves a handle open ends here
const processTimeoutMs = 600_000;

process.chdir(root);
mkdirSync(caches, { recursive: true });
using groups = mkdtempDisposableSync(join(caches, "test-groups-"));
const cores = Math.max(2, availableParallelism());
// fast tests wait at times, as for a client that is slow: twice as many processes as there are cores; two files need their own
const groupCount = values.fast ? 2 * cores : cores;
const concurrency = values.fast ? groupCount + 1 : cores;
/** The output of those that failed. */
const checkProblems: string[] = [];
const checks = words.length === 0 ? runChecks() : Promise.resolve();
if (!values.fast) {
	await checks; // the tests that start processes have clocks, which a busy machine upsets
}
if (values.fast) {
	process.env.VIVACE_FEW_ROUNDS = "1"; // of tests with random inputs
}
const testsPass = await runTests(chooseLanes());
await checks;
console.log(checkProblems.join("\n"));
process.exitCode = testsPass && checkProblems.length === 0 ? 0 : 1;

async function runChecks(): Promise<void> {
	await Promise.all([
		runCheck("types", "tsc", ["--noEmit"]),
		// a published package needs types that can be written file by file
		...["vivace", "vivace-database"].map((name) =>
			runCheck(`declarations of ${name}`, "tsc", [
				...["--project", `packages/${name}/tsconfig.json`],
				...["--noEmit", "--incremental", "--tsBuildInfoFile"],
				`node_modules/.cache/${name}.tsbuildinfo`,
			]),
		),
		runCheck("lint", "biome", ["check", "--error-on-warnings", "."]),
	]);
}

function runCheck(
	name: string,
	command: string,
	options: string[],
): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const child = spawn(join(bin, command), options, {
		stdio: ["ignore", "pipe", "pipe"],
		shell: process.platform === "win32",
	});
	const output: Buffer[] = [];
	child.stdout.on("data", (chunk) => output.push(chunk));
	child.stderr.on("data", (chunk) => output.push(chunk));
	child.on("error", (error) => output.push(Buffer.from(error.message)));
	child.on("close", (status) => {
		const line = `${status === 0 ? passMark : failMark} ${name}`;
		console.log(line);
		if (status !== 0) {
			checkProblems.push(`${line}\n${Buffer.concat(output)}`);
		}
		resolve();
	});
	return promise;
}

/** Files that are run at the same time as those of another lane, so many of them at once. */
interface Lane {
	readonly files: readonly string[];
	readonly concurrency: number;
}

/**
 * Only when all is checked has each file a process of its own, which shows that it needs no other. Those that start processes wait much of
 * their time, for a database or a browser: the others pass them one by one.
 */
function chooseLanes(): Lane[] {
	const files = findTestFiles(folders, words);
	const isSlow = (file: string) => paceOf(file) === "slow";
	const fast = files.filter((file) => !isSlow(file));
	if (values.fast || words.length > 0) {
		const chosen = values.fast ? fast : files;
		const grouped = groupTests(chosen, groups.path, groupCount);
		return [{ files: grouped, concurrency }];
	}
	return [
		{ files: files.filter(isSlow), concurrency: cores },
		{ files: fast, concurrency: 1 },
	];
}

async function runTests(lanes: readonly Lane[]): Promise<boolean> {
	if (lanes.every(({ files }) => files.length === 0)) {
		console.log("✖ no test file's path contains", words.join(" or "));
		return false;
	}
	const isSkipAllowed = process.env.VIVACE_NO_SKIP !== "1";
	const events = lanes.map(({ files, concurrency }) =>
		run({
			files,
			concurrency,
			timeout: processTimeoutMs,
			execArgv: ["compile-cache.mjs", "fail-on-warning.ts"].flatMap((name) => [
				"--import",
				join(import.meta.dirname, name),
			]),
		}),
	);
	return await reportTests(events, {
		root,
		groupsFolder: groups.path,
		isSkipAllowed,
	});
}
