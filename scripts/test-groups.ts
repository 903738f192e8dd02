import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { paceOf } from "./test-files.ts";

/**
 * Test files as Node's test runner gets them. Those that may share a process become a few files that import
 * them, each as a suite that is named after the file: 140 processes, each of which loads the framework, took 110 s of CPU time, two
 * take 30.
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
	const suites = members.map((file) => {
		const url = pathToFileURL(resolve(file)).href;
		return `suite(${JSON.stringify(file)}, async () => { await import(${JSON.stringify(url)}); });`;
	});
	return ['import { suite } from "node:test";', ...suites, ""].join("\n");
}
