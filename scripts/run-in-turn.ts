import assert from "node:assert/strict";
import { after, suite } from "node:test";
import {
	changesSince,
	type ProcessState,
	processState,
} from "./process-state.ts";

/**
 * Runs test files in this process, each as a suite that has its name, and the next when it has ended. A file that leaves
 * something behind that others would see fails, with what it is.
 */
export async function runInTurn(
	files: readonly (readonly [name: string, url: string])[],
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
	for (const [name, url] of files) {
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

function assertUnchanged(before: ProcessState): void {
	const changes = changesSince(before).join(", ");
	assert.equal(
		changes,
		"",
		`the file leaves its process changed, by ${changes}: put back what a test changes, or use context.mock`,
	);
}
