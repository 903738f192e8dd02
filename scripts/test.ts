/**
 * Checks everything: types, lint, tests. `npm test -- router openapi` runs only the test files whose path contains one of the words.
 * `npm run check` (`--fast`) leaves out the tests that start processes, and lets the others share a few.
 *
 * With `VIVACE_NO_SKIP=1` a skipped test is a failure.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { parseArgs } from "node:util";
import { findTestFiles, paceOf } from "./test-files.ts";
import { groupTests } from "./test-groups.ts";
import { reportTests } from "./test-report.ts";

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules/.bin");
const { values, positionals: words } = parseArgs({
	options: { fast: { type: "boolean", default: false } },
	allowPositionals: true,
});
const groupsFolder = join(root, "node_modules/.cache/test-groups");
const folders = ["packages/*", "apps/*", "examples", "examples/*", "."];
// of one process; a file that leaves a handle open ends here
const processTimeoutMs = 600_000;

process.chdir(root);
// the fast tests wait half of their time; those that start processes have clocks, which a busy machine upsets
const processesPerCore = values.fast ? 2 : 1;
const concurrency = processesPerCore * Math.max(2, availableParallelism());
const checksPass = words.length > 0 || (await runChecks());
const testsPass = await runTests(chooseFiles());
process.exitCode = checksPass && testsPass ? 0 : 1;

async function runChecks(): Promise<boolean> {
	const results = await Promise.all([
		runCheck("types", "tsc", ["--noEmit"]),
		// a published package needs types that can be written file by file
		...["vivace", "vivace-database"].map((name) =>
			runCheck(`declarations of ${name}`, "tsc", [
				...["--project", `packages/${name}/tsconfig.json`],
				"--noEmit",
			]),
		),
		runCheck("lint", "biome", ["check", "--error-on-warnings", "."]),
	]);
	return results.every(Boolean);
}

function runCheck(
	name: string,
	command: string,
	options: string[],
): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const child = spawn(join(bin, command), options, {
		stdio: ["ignore", "pipe", "pipe"],
		shell: process.platform === "win32",
	});
	const output: Buffer[] = [];
	child.stdout.on("data", (chunk) => output.push(chunk));
	child.stderr.on("data", (chunk) => output.push(chunk));
	child.on("error", (error) => output.push(Buffer.from(error.message)));
	child.on("close", (status) => {
		console.log(`${status === 0 ? "✔" : "✖"} ${name}`);
		if (status !== 0) {
			console.log(Buffer.concat(output).toString());
		}
		resolve(status === 0);
	});
	return promise;
}

/** Only when all is checked has each file a process of its own, which shows that it needs no other. */
function chooseFiles(): string[] {
	const files = findTestFiles(folders, words);
	const chosen = values.fast
		? files.filter((file) => paceOf(file) !== "slow")
		: files;
	return values.fast || words.length > 0
		? groupTests(chosen, groupsFolder, concurrency)
		: chosen;
}

async function runTests(files: string[]): Promise<boolean> {
	if (files.length === 0) {
		console.log("✖ no test file's path contains", words.join(" or "));
		return false;
	}
	const isSkipAllowed = process.env.VIVACE_NO_SKIP !== "1";
	const events = run({
		files,
		concurrency,
		timeout: processTimeoutMs,
		execArgv: ["--import", join(import.meta.dirname, "fail-on-warning.ts")],
	});
	return await reportTests(events, { root, groupsFolder, isSkipAllowed });
}
