import { globSync } from "node:fs";
import { join } from "node:path";

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
