import type { Backlog, Broker, BrokerPage } from "../http/broker.ts";

interface Entry {
	readonly sequence: number;
	readonly text: string;
	/** As `performance.now()` counts. */
	readonly atMs: number;
}

/** The messages of one topic that are kept. */
interface Log {
	readonly entries: Entry[];
	/** The newest message that is not kept any more. */
	droppedUpTo: number;
	backlog: Backlog;
}

const sweepMs = 10_000;

/**
 * Keeps messages in this process. Its ids begin with a number of its own, so that those of an earlier process are unknown to it: who comes
 * back with one hears that something may be missing.
 */
export class MemoryBroker implements Broker {
	readonly #epoch = crypto.randomUUID().slice(0, 8);
	readonly #logs = new Map<string, Log>();
	readonly #followers = new Map<string, Set<() => void>>();
	#sequence = 0;
	/** The newest message of all topics that are forgotten. */
	#forgottenUpTo = 0;
	#sweeper: ReturnType<typeof setInterval> | undefined;

	async publish(
		topic: string,
		text: string,
		backlog: Backlog,
	): Promise<string> {
		const log = this.#log(topic, backlog);
		const sequence = ++this.#sequence;
		log.entries.push({ sequence, text, atMs: performance.now() });
		log.backlog = backlog;
		trim(log);
		for (const wake of this.#followers.get(topic) ?? []) {
			wake();
		}
		return this.#idOf(sequence);
	}

	async read(topic: string, after: string, limit: number): Promise<BrokerPage> {
		const log = this.#logs.get(topic);
		if (log !== undefined) {
			trim(log);
		}
		const known = this.#sequenceOf(after);
		const droppedUpTo = log?.droppedUpTo ?? this.#forgottenUpTo;
		const isComplete = known !== undefined && known >= droppedUpTo;
		const from = isComplete ? known : droppedUpTo;
		const entries = log?.entries ?? [];
		const start = firstAfter(entries, from);
		const found = entries.slice(start, start + limit);
		return {
			messages: found.map(({ sequence, text }) => [this.#idOf(sequence), text]),
			isComplete,
			lastId: this.#idOf(found.at(-1)?.sequence ?? from),
		};
	}

	async lastId(topic: string): Promise<string> {
		const log = this.#logs.get(topic);
		const last = log?.entries.at(-1)?.sequence ?? log?.droppedUpTo;
		return this.#idOf(last ?? this.#forgottenUpTo);
	}

	follow(topic: string, wake: () => void): () => void {
		const followers = this.#followers.get(topic) ?? new Set();
		this.#followers.set(topic, followers);
		const own = () => wake(); // one for each call: the same function may follow twice
		followers.add(own);
		return () => {
			followers.delete(own);
			if (followers.size === 0) {
				this.#followers.delete(topic);
			}
		};
	}

	#idOf(sequence: number): string {
		return `${this.#epoch}-${sequence}`;
	}

	#sequenceOf(id: string): number | undefined {
		const [, epoch, digits] = /^([^-]+)-(\d+)$/.exec(id) ?? [];
		const sequence = Number(digits);
		return epoch === this.#epoch && sequence <= this.#sequence
			? sequence
			: undefined;
	}

	#log(topic: string, backlog: Backlog): Log {
		let log = this.#logs.get(topic);
		if (log === undefined) {
			log = { entries: [], droppedUpTo: this.#forgottenUpTo, backlog };
			this.#logs.set(topic, log);
			this.#sweeper ??= this.#startSweeping();
		}
		return log;
	}

	/** A topic that nobody writes to any more costs nothing once its messages are too old. */
	#startSweeping(): ReturnType<typeof setInterval> {
		const sweeper = setInterval(() => {
			for (const [topic, log] of this.#logs) {
				trim(log);
				if (log.entries.length === 0) {
					this.#forgottenUpTo = Math.max(this.#forgottenUpTo, log.droppedUpTo);
					this.#logs.delete(topic);
				}
			}
			if (this.#logs.size === 0) {
				clearInterval(sweeper);
				this.#sweeper = undefined;
			}
		}, sweepMs);
		sweeper.unref?.();
		return sweeper;
	}

	/** Forgets all. */
	close(): void {
		clearInterval(this.#sweeper);
		this.#sweeper = undefined;
		this.#logs.clear();
		this.#followers.clear();
	}
}

/** Takes out what is too old, or too much. */
function trim(log: Log): void {
	const { entries, backlog } = log;
	const oldestMs = performance.now() - backlog.ageMs;
	let count = Math.max(0, entries.length - backlog.count);
	while (count < entries.length && (entries[count] as Entry).atMs < oldestMs) {
		count++;
	}
	if (count > 0) {
		log.droppedUpTo = (entries[count - 1] as Entry).sequence;
		entries.splice(0, count);
	}
}

/** By halves: a reader asks at each message. */
function firstAfter(entries: readonly Entry[], sequence: number): number {
	let low = 0;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((entries[middle] as Entry).sequence <= sequence) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}
