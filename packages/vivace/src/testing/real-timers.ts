import {
	setTimeout as pauseFor,
	setImmediate as turn,
} from "node:timers/promises";

/**
 * The clock as it is when the module is loaded: a test that fakes it (`mock.timers` of Node, Vitest, Jest) means the app's, and must not stop its
 * client.
 */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout =
	globalThis.clearTimeout;
export const now: () => number = performance.now.bind(performance);
export const pause: (ms: number) => Promise<void> = pauseFor;
/** Resolves when the event loop has gone round once. */
export const nextTurn: () => Promise<void> = () => turn();
