import { relative } from "node:path";
import type { TestsStream } from "node:test";
import { styleText } from "node:util";

/** What {@link reportTests} has to know. */
export interface ReportOptions {
	/** File paths are shown relative to it. */
	readonly root: string;
	/** Whether a skipped test may be passed over; if not, it is a failure. */
	readonly isSkipAllowed: boolean;
}

interface FileReport {
	/** What its tests wrote to stdout and stderr; shown if one of them failed. */
	output: string;
	skipped: string[];
	failures: string[];
}

/**
 * Prints a line for each test file when it has ended, then what failed and why, and at last the closing lines of Node's test runner.
 *
 * @returns whether all tests passed
 */
export async function reportTests(
	events: TestsStream,
	options: ReportOptions,
): Promise<boolean> {
	const files = new Map<string, FileReport>();
	const reportOf = (data: { entryFile?: string; file?: string }) => {
		const path = relative(options.root, data.entryFile ?? data.file ?? "");
		const report = files.get(path) ?? emptyReport();
		files.set(path, report);
		return report;
	};
	const closingLines: string[] = [];
	let isSuccess = false;

	for await (const { type, data } of events) {
		switch (type) {
			case "test:complete":
				if (data.entryFile === undefined && data.file !== undefined) {
					const path = relative(options.root, data.file);
					console.log(`${data.details.passed ? passMark : failMark} ${path}`);
				}
				break;
			case "test:stdout":
			case "test:stderr":
				reportOf(data).output += data.message;
				break;
			case "test:pass":
				if (isSkipped(data.skip)) {
					const reason = data.skip === true ? "" : ` (${data.skip})`;
					reportOf(data).skipped.push(`${data.name}${reason}`);
				}
				break;
			case "test:fail":
				if (isOwnFailure(data.details.error)) {
					reportOf(data).failures.push(
						`${data.name}\n${describeError(data.details.error)}`,
					);
				}
				break;
			case "test:diagnostic":
				if (data.nesting === 0) {
					closingLines.push(`ℹ ${data.message}`);
				}
				break;
			case "test:summary":
				if (data.file === undefined) {
					isSuccess = data.success;
				}
				break;
		}
	}
	for (const [path, file] of files) {
		printProblems(path, file);
	}
	const hasForbiddenSkip =
		!options.isSkipAllowed &&
		[...files.values()].some(({ skipped }) => skipped.length > 0);
	if (hasForbiddenSkip) {
		console.log("A skipped test is a failure here.\n");
	}
	console.log(closingLines.join("\n"));
	return isSuccess && !hasForbiddenSkip;
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
