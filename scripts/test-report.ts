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
 * Prints a line for each test file, what failed in it and why, and at the end the closing lines of Node's test runner.
 *
 * @returns whether all tests passed
 */
export async function reportTests(
	events: TestsStream,
	options: ReportOptions,
): Promise<boolean> {
	const files = new Map<string, FileReport>();
	const reportOf = (file: string): FileReport => {
		const known = files.get(file);
		if (known !== undefined) return known;
		const created: FileReport = { output: "", skipped: [], failures: [] };
		files.set(file, created);
		return created;
	};
	const closingLines: string[] = [];
	const failedFiles: string[] = [];
	let isSuccess = false;

	for await (const { type, data } of events) {
		switch (type) {
			case "test:stdout":
			case "test:stderr":
				reportOf(data.entryFile ?? data.file).output += data.message;
				break;
			case "test:pass":
				if (data.skip !== undefined && data.skip !== false) {
					reportOf(entryFileOf(data)).skipped.push(
						data.skip === true ? data.name : `${data.name} (${data.skip})`,
					);
				}
				break;
			case "test:fail":
				if (isOwnFailure(data.details.error)) {
					reportOf(entryFileOf(data)).failures.push(
						`${data.name}\n${describeError(data.details.error)}`,
					);
				}
				break;
			case "test:complete":
				if (isFile(data)) {
					const file = reportOf(entryFileOf(data));
					const hasForbiddenSkip =
						file.skipped.length > 0 && !options.isSkipAllowed;
					const isFilePassed =
						data.details.passed === true && !hasForbiddenSkip;
					const name = relative(options.root, entryFileOf(data));
					if (!isFilePassed) failedFiles.push(name);
					printFile(name, file, isFilePassed);
				}
				break;
			case "test:diagnostic":
				if (data.nesting === 0) closingLines.push(`ℹ ${data.message}`);
				break;
			case "test:summary":
				if (data.file === undefined) isSuccess = data.success;
				break;
		}
	}
	if (failedFiles.length > 0) {
		console.log(`\nFailed:\n${indent(failedFiles.join("\n"))}\n`);
	}
	console.log(closingLines.join("\n"));
	return isSuccess && failedFiles.length === 0;
}

function entryFileOf(data: { entryFile?: string; file?: string }): string {
	return data.entryFile ?? data.file ?? "";
}

/** Whether the event is about a whole test file: Node gives `entryFile` to what stands in one. */
function isFile(data: { entryFile?: string; file?: string }): boolean {
	return data.entryFile === undefined && data.file !== undefined;
}

/** Whether the test itself failed, not only one inside it. */
function isOwnFailure(error: Error): boolean {
	return !("failureType" in error) || error.failureType !== "subtestsFailed";
}

function describeError(error: Error): string {
	const cause = error.cause ?? error;
	return cause instanceof Error ? (cause.stack ?? cause.message) : `${cause}`;
}

function printFile(name: string, file: FileReport, isPassed: boolean): void {
	const mark = isPassed ? styleText("green", "✔") : styleText("red", "✖");
	console.log(`${mark} ${name}`);
	for (const test of file.skipped) {
		console.log(`  ${styleText("yellow", "﹣")} skipped: ${test}`);
	}
	for (const failure of file.failures) {
		console.log(indent(`${styleText("red", "✖")} ${failure}`));
	}
	if (!isPassed && file.output !== "") console.log(indent(file.output));
}

function indent(text: string): string {
	return text.replaceAll(/^/gm, "  ");
}
