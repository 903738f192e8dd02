import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, suite } from "node:test";
import {
	changesSince,
	type ProcessState,
	processState,
} from "./process-state.ts";

/**
 * Runs test files in this process, each as a suite that has its name, and the next when it has ended. A file that leaves
 * something behind that others would see fails, with what it is.
 *
 * @param taken a folder, empty at first, for processes that share these files: each takes the next that no other has taken
 */
export async function runInTurn(
	files: readonly (readonly [name: string, url: string])[],
	taken?: string,
): Promise<void> {
	// Node's runner ends when nothing else keeps the process, though a test may wait for a timer that does not
	const keepAlive = setInterval(() => {}, 2 ** 30);
	let hasEnded = false;
	process.once("exit", () => {
		if (!hasEnded) {
			console.error(
				"the process has ended before all of its test files had run",
			);
			process.exitCode = 1; // also where the program under test has said 0
		}
	});
	for (const [index, [name, url]] of files.entries()) {
		if (taken !== undefined && !isFirstToTake(join(taken, `${index}`))) {
			continue;
		}
		await suite(name, async () => {
			const before = processState();
			try {
				await import(url);
			} finally {
				// the last of the suite's: the file has put back by now what it changed
				after(() => assertUnchanged(before));
			}
		});
	}
	hasEnded = true;
	clearInterval(keepAlive);
}

/** Makes a folder, which only one of several processes can. */
function isFirstToTake(path: string): boolean {
	try {
		mkdirSync(path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") {
			return false;
		}
		throw error;
	}
}

function assertUnchanged(before: ProcessState): void {
	const changes = changesSince(before).join(", ");
	assert.equal(
		changes,
		"",
		`the file leaves its process changed, by ${changes}: put back what a test changes, or use context.mock`,
	);
}
