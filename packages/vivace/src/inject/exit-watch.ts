import { AsyncLocalStorage } from "node:async_hooks";
import { type Linked, LinkedSet } from "../time/linked-set.ts";

/** Work that may take so long and no longer. */
export interface WatchedExit extends Linked<WatchedExit> {
	/** When it has begun, as `performance.now()` counts; its watch notes that. */
	begunMs: number;
	/** It has taken too long, and is not watched any more. */
	giveUp(): void;
}

/** A timer keeps the async context in which it is set: that of a request would live as long as there are requests. */
const inNoRequest = AsyncLocalStorage.snapshot();

/** Watches over work with one time limit, by one timer: nearly all of it ends long before. */
export class ExitWatch {
	readonly #limitMs: number;
	/** The first is the oldest, and the first whose time is over. */
	readonly #exits = new LinkedSet<WatchedExit>();
	#timer: NodeJS.Timeout | undefined;
	#dueMs = 0;

	/** @param limitMs the time of each, in milliseconds */
	constructor(limitMs: number) {
		this.#limitMs = limitMs;
	}

	/** It begins now. */
	add(exit: WatchedExit): void {
		const nowMs = performance.now();
		exit.begunMs = nowMs;
		this.#exits.add(exit);
		if (this.#timer === undefined || nowMs > this.#dueMs) {
			// one that is overdue may be that of a test's clock, which nobody winds any more
			this.#lookAfter(this.#exits.first ?? exit, nowMs);
		} else if (this.#exits.first === exit) {
			this.#timer.ref();
		}
	}

	/** It has ended. */
	delete(exit: WatchedExit): void {
		this.#exits.delete(exit);
		if (this.#exits.size === 0) {
			this.#timer?.unref(); // and no more: to set one and clear it takes twenty times as long
		}
	}

	#lookAfter(exit: WatchedExit, nowMs: number): void {
		clearTimeout(this.#timer);
		const leftMs = Math.max(exit.begunMs + this.#limitMs - nowMs, 0);
		this.#dueMs = nowMs + leftMs;
		this.#timer = inNoRequest(() =>
			setTimeout(() => this.#look(), Math.ceil(leftMs)),
		);
	}

	#look(): void {
		this.#timer = undefined;
		const nowMs = performance.now();
		let { first } = this.#exits;
		while (first !== undefined && nowMs - first.begunMs >= this.#limitMs) {
			this.delete(first);
			first.giveUp();
			({ first } = this.#exits);
		}
		if (first !== undefined) {
			this.#lookAfter(first, nowMs);
		}
	}
}

const watches = new Map<number, ExitWatch>();

/** The one watch for all work with that limit, in milliseconds. */
export function exitWatch(limitMs: number): ExitWatch {
	const known = watches.get(limitMs);
	if (known !== undefined) {
		return known;
	}
	const watch = new ExitWatch(limitMs);
	watches.set(limitMs, watch);
	return watch;
}
