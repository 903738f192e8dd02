import { relative } from "node:path";
import type { TestsStream } from "node:test";
import { styleText } from "node:util";

/** Options of {@link reportTests}. */
export interface ReportOptions {
	/** File paths are shown relative to it. */
	readonly root: string;
	/** Files in it stand for several: their suites are reported as files are. */
	readonly groupsFolder: string;
	/** Whether a skipped test may be passed over; if not, it is a failure. */
	readonly isSkipAllowed: boolean;
}

interface FileReport {
	/** Its tests' stdout and stderr; shown if one of them failed. */
	output: string;
	skipped: string[];
	failures: string[];
}

/**
 * Prints a line for each test file when it has ended, then what failed and why, and at last the closing lines of Node's test runner.
 *
 * @param runs of the runner, at the same time; their closing lines are added up
 * @returns whether all tests passed
 */
export async function reportTests(
	runs: readonly TestsStream[],
	options: ReportOptions,
): Promise<boolean> {
	const report = new TestReport(options);
	await Promise.all(
		runs.map(async (events) => {
			for await (const event of events) {
				report.add(event);
			}
		}),
	);
	return report.print(runs.length);
}

type TestEvent = TestsStream extends AsyncIterable<infer Event> ? Event : never;

interface TestPlace {
	readonly entryFile?: string;
	readonly file?: string;
}

class TestReport {
	readonly #options: ReportOptions;
	readonly #files = new Map<string, FileReport>();
	/** The names of the tests that stand around the one that ran last, by the file that was run. */
	readonly #names = new Map<string, string[]>();
	readonly #closingLines: string[] = [];
	/** Of the closing lines that are a name and a number. */
	readonly #counts = new Map<string, number>();
	#successes = 0;

	constructor(options: ReportOptions) {
		this.#options = options;
	}

	add({ type, data }: TestEvent): void {
		switch (type) {
			case "test:start":
				this.#nameTest(data, data.nesting, data.name);
				break;
			case "test:complete":
				this.#printEnd(data, data.details.passed);
				break;
			case "test:stdout":
			case "test:stderr":
				this.#reportOf(data).output += data.message;
				break;
			case "test:pass":
				if (isSkipped(data.skip)) {
					const reason = data.skip === true ? "" : ` (${data.skip})`;
					this.#reportOf(data).skipped.push(`${data.name}${reason}`);
				}
				break;
			case "test:fail":
				if (isOwnFailure(data.details.error)) {
					this.#reportOf(data).failures.push(
						`${this.#fullName(data)}\n${describeError(data.details.error)}`,
					);
				}
				break;
			case "test:diagnostic":
				if (data.nesting === 0) {
					this.#addClosingLine(data.message);
				}
				break;
			case "test:summary":
				if (data.file === undefined && data.success) {
					this.#successes += 1;
				}
				break;
		}
	}

	/** @returns whether all tests of these runs passed */
	print(runCount: number): boolean {
		for (const [path, file] of this.#files) {
			printProblems(path, file);
		}
		const hasForbiddenSkip =
			!this.#options.isSkipAllowed &&
			[...this.#files.values()].some(({ skipped }) => skipped.length > 0);
		if (hasForbiddenSkip) {
			console.log("A skipped test is a failure here.\n");
		}
		const counts = [...this.#counts].map((entry) => entry.join(" "));
		for (const line of [...this.#closingLines, ...counts]) {
			console.log(`ℹ ${line}`);
		}
		return this.#successes === runCount && !hasForbiddenSkip;
	}

	#addClosingLine(line: string): void {
		const [, name, digits] = /^(\w+) ([\d.]+)$/.exec(line) ?? [];
		if (name === undefined) {
			this.#closingLines.push(line);
			return;
		}
		const number = Number(digits);
		const others = this.#counts.get(name) ?? 0;
		const isTime = name === "duration_ms"; // the runs are at the same time
		const total = isTime ? Math.max(others, number) : others + number;
		this.#counts.set(name, total);
	}

	#nameTest(place: TestPlace, nesting: number, name: string): void {
		const outer = this.#names.get(entryOf(place)) ?? [];
		this.#names.set(entryOf(place), [...outer.slice(0, nesting), name]);
	}

	/** The test's name after those of its suites, but for the suite that stands for a file. */
	#fullName(data: TestPlace & { name: string; nesting: number }): string {
		const names = this.#names.get(entryOf(data)) ?? [];
		const first = this.#isGroup(entryOf(data)) ? 1 : 0;
		return [...names.slice(first, data.nesting), data.name].join(" › ");
	}

	/** A file has ended, or the suite that stands for it. */
	#printEnd(
		data: TestPlace & { name: string; nesting: number },
		isPassed: boolean,
	): void {
		const mark = isPassed ? passMark : failMark;
		if (data.entryFile === undefined && data.file !== undefined) {
			if (!isPassed || !this.#isGroup(data.file)) {
				console.log(mark, relative(this.#options.root, data.file));
			}
		} else if (data.nesting === 0 && this.#isGroup(entryOf(data))) {
			console.log(mark, data.name);
		}
	}

	#reportOf(place: TestPlace): FileReport {
		const entry = entryOf(place);
		const [suite] = this.#isGroup(entry) ? (this.#names.get(entry) ?? []) : [];
		const path = suite ?? relative(this.#options.root, entry);
		const report = this.#files.get(path) ?? emptyReport();
		this.#files.set(path, report);
		return report;
	}

	#isGroup(path: string): boolean {
		return path.startsWith(this.#options.groupsFolder);
	}
}

/** The file that the test runner was given. */
function entryOf({ entryFile, file }: TestPlace): string {
	return entryFile ?? file ?? "";
}

export const passMark: string = styleText("green", "✔");
export const failMark: string = styleText("red", "✖");
export const skipMark: string = styleText("yellow", "﹣");

function emptyReport(): FileReport {
	return { output: "", skipped: [], failures: [] };
}

function isSkipped(skip: boolean | string | undefined): boolean {
	return skip !== undefined && skip !== false;
}

/** Whether the test itself failed, not only one inside it. */
function isOwnFailure(error: Error): boolean {
	return !("failureType" in error) || error.failureType !== "subtestsFailed";
}

function describeError(error: Error): string {
	const cause = error.cause ?? error;
	return cause instanceof Error ? (cause.stack ?? cause.message) : `${cause}`;
}

function printProblems(path: string, file: FileReport): void {
	const { failures, skipped, output } = file;
	if (failures.length === 0 && skipped.length === 0) {
		return;
	}
	console.log(`\n${path}`);
	for (const test of skipped) {
		console.log(indent(`${skipMark} skipped: ${test}`));
	}
	for (const failure of failures) {
		console.log(indent(`${failMark} ${failure}`));
	}
	if (failures.length > 0 && output !== "") {
		console.log(indent(output));
	}
	console.log();
}

/** The text with each line moved in by two spaces. */
export function indent(text: string): string {
	return text.replaceAll(/^/gm, "  ");
}
