/**
 * Runs the tests of the published package and of chat-history on another runtime than Node: `npm run test:bun -- <words>`, where words choose files as they do
 * for `npm test`. Each file is a process of its own, and as many run at a time as there are processors, beside one that starts no processes itself; what
 * can't run there is told, with its reason from `runtime-exceptions.ts`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { exceptions, type Runtime, runtimeFree } from "./runtime-exceptions.ts";
import { findTestFiles, paceOf } from "./test-files.ts";
import { failMark, indent, passMark, skipMark } from "./test-report.ts";

interface RuntimeCommand {
	/** Runs the test file whose path comes last. */
	readonly words: readonly string[];
	/** How it is told to leave out the tests and suites whose names begin so. */
	readonly except: (names: readonly string[]) => {
		readonly options?: readonly string[];
		readonly env?: Readonly<Record<string, string>>;
	};
	/** Finds in the output how many tests have passed, and how many inside them if they count apart. */
	readonly passed: RegExp;
}

interface FileResult {
	readonly hasPassed: boolean;
	readonly testCount: number;
	/** The runtime's output; empty where it was not asked. */
	readonly output: string;
	/** Tests that were left out, each with its reason. */
	readonly skipped: readonly string[];
	readonly durationMs: number;
}

const root = join(import.meta.dirname, "..");
const testedFolders = [
	"packages/vivace",
	"packages/vivace-database",
	"apps/chat-history",
];
const preload = `--preload=${join(import.meta.dirname, "fail-on-warning.ts")}`;
// of one test file; a file that leaves a handle open ends here
const fileTimeoutMs = 300_000;

const commands: Readonly<Record<Runtime, RuntimeCommand>> = {
	bun: {
		words: ["bun", "test", `--timeout=${fileTimeoutMs}`, preload],
		except: (names) => ({ options: [`--test-name-pattern=${noneOf(names)}`] }),
		passed: /^ *(\d+) pass$/m,
	},
	deno: {
		// as a Node program: with the packages that npm has installed, without permissions to ask for, types and files of its own
		words: [
			...["deno", "test", "--allow-all", "--no-check", "--no-config"],
			...["--no-lock", "--node-modules-dir=manual", preload],
			`--import-map=${join(import.meta.dirname, "deno/import-map.json")}`,
		],
		except: (names) => ({ env: { VIVACE_TEST_EXCEPT: JSON.stringify(names) } }),
		passed: /(\d+) passed(?: \((\d+) steps?\))?/,
	},
};

/** The groups of processes that are being run: of a test file and all that it has started. */
const running = new Set<number>();
for (const signal of ["SIGINT", "SIGTERM"]) {
	process.once(signal, () => {
		for (const group of running) {
			endGroup(group);
		}
		process.exit(1);
	});
}

const [runtime = "", ...words] = process.argv.slice(2);
process.chdir(root);
process.exitCode = isRuntime(runtime) && (await runTests(runtime)) ? 0 : 1;

function isRuntime(name: string): name is Runtime {
	if (Object.hasOwn(commands, name)) {
		return true;
	}
	console.log(`${failMark} name a runtime: ${Object.keys(commands)}`);
	return false;
}

async function runTests(runtime: Runtime): Promise<boolean> {
	const startMs = performance.now();
	const results = new Map<string, FileResult>();
	const files = findTestFiles(testedFolders, words).filter(
		(file) => !runtimeFree.some((begin) => file.startsWith(begin)),
	);
	const isSlow = (file: string) => paceOf(file) === "slow";
	const fast = files.filter((file) => !isSlow(file)).values();
	const slow = files.filter(isSlow).values();
	const runFiles = async (left: Iterable<string>) => {
		for (const file of left) {
			const result = await runUnlessExcepted(runtime, file);
			results.set(file, result);
			printResult(runtime, file, result);
		}
	};
	const lanes = Array.from({ length: availableParallelism() }, async () => {
		await runFiles(slow);
		await runFiles(fast);
	});
	// those that start processes wait much of their time
	await Promise.all([...lanes, runFiles(fast)]);
	const all = [...results.values()];
	const failed = [...results].filter(([, { hasPassed }]) => !hasPassed);
	for (const [file, { output }] of failed) {
		console.log(`\n${file}\n${indent(output)}`);
	}
	const testCount = sum(all.map((result) => result.testCount));
	console.log(`ℹ files ${all.length}`);
	console.log(`ℹ files that failed ${failed.length}`);
	console.log(`ℹ tests that passed ${testCount}`);
	console.log(`ℹ skipped ${sum(all.map(({ skipped }) => skipped.length))}`);
	console.log(`ℹ duration_ms ${Math.round(performance.now() - startMs)}`);
	return failed.length === 0 && testCount > 0;
}

async function runUnlessExcepted(
	runtime: Runtime,
	file: string,
): Promise<FileResult> {
	const exception = exceptions[runtime][file] ?? {};
	if (typeof exception === "string") {
		const skipped = [exception];
		return {
			hasPassed: true,
			testCount: 0,
			output: "",
			skipped,
			durationMs: 0,
		};
	}
	const startMs = performance.now();
	const result = await runFile(commands[runtime], file, Object.keys(exception));
	const skipped = Object.entries(exception).map((entry) => entry.join(": "));
	return { ...result, skipped, durationMs: performance.now() - startMs };
}

async function runFile(
	command: RuntimeCommand,
	file: string,
	withoutNames: readonly string[],
): Promise<Omit<FileResult, "skipped" | "durationMs">> {
	const [program = "", ...words] = command.words;
	const { options = [], env } =
		withoutNames.length === 0 ? {} : command.except(withoutNames);
	const child = spawn(
		join("node_modules/.bin", program),
		[...words, ...options, `./${file}`],
		{
			env: { ...process.env, ...env, NO_COLOR: "1" },
			stdio: ["ignore", "pipe", "pipe"],
			detached: true, // a group of its own, so that what a test has started ends with it
		},
	);
	const chunks: Buffer[] = [];
	child.stdout.on("data", (chunk) => chunks.push(chunk));
	child.stderr.on("data", (chunk) => chunks.push(chunk));
	const { pid } = child;
	if (pid !== undefined) {
		running.add(pid);
	}
	const timer = setTimeout(() => {
		chunks.push(Buffer.from(`\nended after ${fileTimeoutMs} ms\n`));
		if (pid !== undefined) {
			endGroup(pid);
		}
	}, fileTimeoutMs);
	const [status] = await once(child, "close");
	clearTimeout(timer);
	if (pid !== undefined) {
		running.delete(pid);
	}
	const output = Buffer.concat(chunks).toString();
	const [, ...counts] = command.passed.exec(output) ?? [];
	const testCount = sum(counts.map((count) => Number(count ?? 0)));
	return { hasPassed: status === 0 && testCount > 0, testCount, output };
}

function endGroup(group: number): void {
	try {
		process.kill(-group, "SIGKILL");
	} catch {
		// it has ended by itself
	}
}

/** A pattern for names that do not begin so, neither a test's own nor that of a suite around it. */
function noneOf(names: readonly string[]): string {
	return `^(?!(?:.* )?(?:${names.map((name) => RegExp.escape(name)).join("|")}))`;
}

function printResult(
	runtime: Runtime,
	file: string,
	{ hasPassed, testCount, skipped, durationMs }: FileResult,
): void {
	const passedMark = testCount === 0 ? skipMark : passMark;
	const seconds = (durationMs / 1000).toFixed(1);
	console.log(
		`${hasPassed ? passedMark : failMark} ${file} (${seconds} s, ${testCount} tests)`,
	);
	for (const reason of skipped) {
		console.log(indent(`${skipMark} skipped on ${runtime}: ${reason}`));
	}
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, each) => total + each, 0);
}
