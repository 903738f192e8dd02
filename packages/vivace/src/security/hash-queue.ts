import { availableParallelism } from "node:os";
import { HTTPException } from "../errors/http-exception.ts";

/**
 * How many hashes are computed at once: one where there are two cores, else two. They run on the threads that read files and look names up,
 * of which there are four, and they are made to be slow.
 */
const atOnce = Math.min(Math.max(availableParallelism() - 1, 1), 2);
const longestQueue = 100;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs slow work when it is its turn.
 * @throws HTTPException 503 with `Retry-After` when more than a hundred are in line already
 */
export async function inTurn<Result>(
	work: () => Promise<Result>,
): Promise<Result> {
	if (running >= atOnce) {
		if (waiting.length >= longestQueue) {
			throw new HTTPException(503, "Too many logins at once", {
				headers: { "Retry-After": "1" },
			});
		}
		await new Promise<void>((resolve) => waiting.push(resolve));
	} else {
		running++;
	}
	try {
		return await work();
	} finally {
		const next = waiting.shift();
		if (next === undefined) {
			running--;
		} else {
			next(); // has this one's place
		}
	}
}
