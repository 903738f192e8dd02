import { setImmediate as nextTurn } from "node:timers/promises";

/** Resolves when the claim holds, asked again at each turn of the event loop; the test's own time limit ends it otherwise. */
export async function until(
	claim: () => boolean | Promise<boolean>,
): Promise<void> {
	while (!(await claim())) {
		await nextTurn();
	}
}
