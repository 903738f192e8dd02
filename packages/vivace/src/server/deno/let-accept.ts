/** How many turns of the event loop Deno has to take in what waits. */
const mostTurns = 500;

/**
 * Gives Deno turns of the event loop until it has taken in the connections that the system has accepted already. Nothing more has come when it
 * resolves, for it does so in the turn of the last look.
 */
export async function letAccept(
	isWaiting: () => boolean | Promise<boolean>,
	hurry: AbortSignal,
): Promise<void> {
	let turns = 0;
	do {
		await new Promise(setImmediate);
		turns++;
	} while (turns < mostTurns && !hurry.aborted && (await isWaiting()));
}
