/** Where the lines of a lifespan go; `console` is one. */
export interface LifespanLogger {
	info(message: string): void;
	warn(message: string): void;
	error(message: string): void;
}

/** Receives start-up and release while they happen. Durations are in milliseconds; no method may throw. */
export interface LifespanReporter {
	/** A try to acquire the resource begins: the first, or a later one. */
	starting(name: string): void;
	progress(
		name: string,
		done: number,
		total: number,
		text: string | undefined,
	): void;
	/** Something that who starts the app should know, though nothing is wrong. */
	note?(name: string, text: string): void;
	ready(name: string, ms: number): void;
	/** A try failed and another follows after `delayMs`; `leftMs` later comes the last one, where it goes on for a limited time. */
	retrying(
		name: string,
		error: unknown,
		delayMs: number,
		leftMs?: number,
	): void;
	/** It cannot be acquired; the app does not start. */
	failed(name: string, error: unknown): void;
	/** It cannot be acquired for now; the app does without it. */
	degraded(name: string, error: unknown): void;
	/** Every resource is ready, but for the degraded ones. */
	started(readyCount: number, degraded: readonly string[], ms: number): void;
	/** It was acquired after it had been given up, and is released at once. */
	late(name: string): void;
	releasing(name: string): void;
	/** `error` is undefined when all went well. */
	released(name: string, ms: number, error: unknown): void;
	/** Start-up was given up or the last resource released: nothing more is told. */
	stopped(): void;
}
