import {
	currentLedger,
	inLedger,
	keepLedgers,
	type Ledger,
	type LedgerKind,
} from "../inject/ledger.ts";
import { type WatchedHandle, watchHandles } from "./handle-watch.ts";
import { type Leak, placesOf, withLongStack } from "./leak.ts";
import { nextTurn, now, pause } from "./real-timers.ts";

/** How long what is about to end is waited for: sockets that close, timers of a few milliseconds. */
const graceMs = 250;
const pauseMs = 5;
const fewEntries = 256;

interface Entry {
	readonly what: string;
	readonly during: string;
	readonly made: Error;
	readonly isAlive: () => boolean;
}

/**
 * Remembers what an app begins and what of it ends: resources, generator dependencies, background tasks, scopes, and what keeps the
 * process alive (timers, sockets, threads). What runs outside {@link LeakDetector.during} is not the app's and does not count.
 */
export class LeakDetector implements Disposable {
	readonly #entries = new Set<Entry>();
	readonly #resources = new DisposableStack();
	#sweepAt = fewEntries;

	constructor() {
		// made when they are first asked for, and then the handler's that writes the first line
		void process.stdout;
		void process.stderr;
		this.#resources.use(keepLedgers());
		this.#resources.use(watchHandles((handle) => this.#addHandle(handle)));
	}

	/** Runs a function of the app. */
	during<Result>(doing: string, run: () => Result): Result {
		return inLedger(new Page(this.#entries, doing), run);
	}

	/** The handles that have not ended, after a short while for what is about to. */
	async leaks(): Promise<readonly Leak[]> {
		const endMs = now() + graceMs;
		// Node says that a timer has ended at the end of a turn; on a busy machine the time may be over before that
		await nextTurn();
		while (this.#alive().length > 0 && now() < endMs) {
			await pause(pauseMs);
			await nextTurn();
		}
		return distinct(
			this.#alive().map(({ what, during, made }) => ({
				what,
				during,
				madeAt: placesOf(made),
			})),
		);
	}

	[Symbol.dispose](): void {
		this.#resources.dispose();
		this.#entries.clear();
	}

	#alive(): readonly Entry[] {
		return [...this.#entries].filter((entry) => entry.isAlive());
	}

	#sweep(): void {
		for (const entry of this.#entries) {
			if (!entry.isAlive()) {
				this.#entries.delete(entry);
			}
		}
		this.#sweepAt = Math.max(fewEntries, 2 * this.#entries.size);
	}

	#addHandle({ what, isAlive }: WatchedHandle): void {
		const page = currentLedger();
		if (!(page instanceof Page) || page.entries !== this.#entries) {
			return;
		}
		if (this.#entries.size >= this.#sweepAt) {
			this.#sweep();
		}
		const made = withLongStack(() => new Error("made here"));
		this.#entries.add({ what, during: page.during, made, isAlive });
	}
}

/** The ledger for one thing that an app does. */
class Page implements Ledger {
	readonly entries: Set<Entry>;
	readonly during: string;

	constructor(entries: Set<Entry>, during: string) {
		this.entries = entries;
		this.during = during;
	}

	open(kind: LedgerKind, name: string, made?: Error): () => void {
		const { entries, during } = this;
		const entry: Entry = {
			what: kind === "scope" ? name : `${kind} "${name}"`,
			during,
			made: made ?? withLongStack(() => new Error("made here")),
			isAlive: () => true,
		};
		entries.add(entry);
		return () => entries.delete(entry);
	}
}

/** The pipes of a child process are no news beside the process, made at the same place. */
function distinct(leaks: readonly Leak[]): readonly Leak[] {
	const places = new Set<string>();
	return leaks.filter(({ what, madeAt }) => {
		const key = madeAt.length === 0 ? what : madeAt.join("\n");
		const isNew = !places.has(key);
		places.add(key);
		return isNew;
	});
}
