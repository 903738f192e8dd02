import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { paceOf } from "./test-files.ts";

/**
 * Test files as Node's test runner gets them. Those that may share a process become a few files that run them one after the other: each
 * is a suite that is named after the file, imported when the one before has ended, and fails if it leaves the process changed. A process
 * for each, all of which load the framework, took three times the processor's time.
 *
 * @param folder where these files are written
 */
export function groupTests(
	files: readonly string[],
	folder: string,
	groupCount: number,
): string[] {
	const together = files.filter((file) => paceOf(file) === "together");
	mkdirSync(folder, { recursive: true });
	const count = Math.min(groupCount, together.length);
	const groups = Array.from({ length: count }, (_, group) => {
		const members = together.filter((_, index) => index % count === group);
		const path = join(folder, `group-${group + 1}.mjs`);
		writeFileSync(path, groupText(members));
		return path;
	});
	return [...groups, ...files.filter((file) => paceOf(file) !== "together")];
}

function groupText(members: readonly string[]): string {
	const runner = urlOf(join(import.meta.dirname, "run-in-turn.ts"));
	const files = members.map((file) => [file, urlOf(resolve(file))]);
	return [
		`import { runInTurn } from ${JSON.stringify(runner)};`,
		`await runInTurn(${JSON.stringify(files, undefined, "\t")});`,
		"",
	].join("\n");
}

function urlOf(path: string): string {
	return pathToFileURL(path).href;
}
