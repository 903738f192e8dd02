import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { paceOf } from "./test-files.ts";

/**
 * Test files as Node's test runner gets them. Those that may share a process are run by a few files, one for each process, which take them
 * from one queue, so that none is done before the others: each is a suite that is named after the file, imported when the one before has
 * ended, and fails if it leaves the process changed. A process for each, all of which load the framework, took three times the processor's time.
 *
 * @param folder where these files and their queue are written; of one run alone
 */
export function groupTests(
	files: readonly string[],
	folder: string,
	groupCount: number,
): string[] {
	const together = files
		.filter((file) => paceOf(file) === "together")
		.sort((one, other) => Number(waits(other)) - Number(waits(one)));
	const taken = join(folder, "taken");
	mkdirSync(taken, { recursive: true });
	const text = groupText(together, taken);
	const count = Math.min(groupCount, together.length);
	const groups = Array.from({ length: count }, (_, group) => {
		const path = join(folder, `group-${group + 1}.mjs`);
		writeFileSync(path, text);
		return path;
	});
	return [...groups, ...files.filter((file) => paceOf(file) !== "together")];
}

/** Whether tests wait for long: for clients that say nothing, or for a password's hash. They come first, or the others would be done before them. */
function waits(file: string): boolean {
	return /[\\/](?:server|security)[\\/]/.test(file);
}

function groupText(together: readonly string[], taken: string): string {
	const runner = urlOf(join(import.meta.dirname, "run-in-turn.ts"));
	const files = together.map((file) => [file, urlOf(resolve(file))]);
	return [
		`import { runInTurn } from ${JSON.stringify(runner)};`,
		`const files = ${JSON.stringify(files, undefined, "\t")};`,
		`await runInTurn(files, ${JSON.stringify(taken)});`,
		"",
	].join("\n");
}

function urlOf(path: string): string {
	return pathToFileURL(path).href;
}
