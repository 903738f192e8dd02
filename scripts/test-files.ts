import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The test files of some packages, in order.
 *
 * @param folders of the packages, which may be patterns; relative to the working directory
 * @param words of which a file's path must contain one, unless there are none
 */
export function findTestFiles(
	folders: readonly string[],
	words: readonly string[],
): string[] {
	const files = globSync(
		folders.map((folder) => join(folder, "test/**/*.test.ts")),
		{ exclude: ["**/node_modules/**", "**/dist/**"] },
	);
	const chosen = [...new Set(files)].sort();
	return words.length === 0
		? chosen
		: chosen.filter((file) => words.some((word) => file.includes(word)));
}

/**
 * How a test file can be run, by what it does, itself or in what it imports from the tests:
 *
 * - `slow`: it starts processes: a database, a browser, a command, a server, the compiler.
 * - `alone`: it is fast, but needs a process in which no other has run.
 * - `together`: it is fast, and shares a process with others.
 */
export type TestPace = "slow" | "alone" | "together";

const quickProcesses: ReadonlySet<string> = new Set([
	"test/hygiene.test.ts", // asks Git for its files, which takes 10 ms
]);
const startsProcesses =
	/\bfrom "(?:node:child_process|node:cluster|playwright-core)"/;
// one counts what is compiled when it is called, the other loads examples in a folder that they remember
const needsFreshProcess = /\bFunctionCounter\b|\benterOwnFolder\b/;

/** The pace of a test file, whose path is relative to the working directory. */
export function paceOf(file: string): TestPace {
	const texts = [...testTexts(file)];
	if (
		texts.some((text) => startsProcesses.test(text)) &&
		!quickProcesses.has(file.replaceAll("\\", "/"))
	) {
		return "slow";
	}
	return texts.some((text) => needsFreshProcess.test(text))
		? "alone"
		: "together";
}

/** The file, and what it imports from folders of tests. */
function testTexts(
	file: string,
	texts = new Map<string, string>(),
): Iterable<string> {
	const text = readFileSync(file, "utf8");
	texts.set(file, text);
	for (const [, specifier] of text.matchAll(/\bfrom "(\.[^"]+)"/g)) {
		const imported = join(dirname(file), specifier ?? "");
		const isOfTests = /(?:^|[\\/])test[\\/]/.test(imported);
		if (isOfTests && !texts.has(imported) && existsSync(imported)) {
			testTexts(imported, texts);
		}
	}
	return texts.values();
}
