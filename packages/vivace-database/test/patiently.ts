import { isUnavailable } from "../src/index.ts";

/**
 * Does what prepares a test whose database has short limits, until it is done within them: a log-in alone takes a quarter of a second on a
 * busy machine.
 */
export async function patiently<Result>(
	work: () => Promise<Result>,
): Promise<Result> {
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (!isUnavailable(error)) {
				throw error;
			}
		}
	}
}
