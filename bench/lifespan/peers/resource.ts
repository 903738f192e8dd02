/**
 * The common part of all peers' programs: a resource and a database session that write down what happens to them. How they
 * behave is the runner's choice, so that a peer's program shows nothing but how that peer is used.
 */
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** The behaviour that a scenario wants of one resource. */
export interface Behaviour {
	/** How long it takes to acquire it, in milliseconds. Default: 0. */
	readonly acquireMs?: number;
	/** The end of that time. Default: the resource is there. */
	readonly acquire?: "fails" | "hangs";
	/** The way of its release. Default: it takes 20 ms. */
	readonly release?: "throws" | "hangs";
}

/** The runner's orders to a program, as JSON in `SCENARIO`. */
export interface Scenario {
	readonly resources?: Readonly<Record<string, Behaviour>>;
	/** How long the slow path operation works, in milliseconds. Default: 1,000. */
	readonly slowMs?: number;
	/** Whether committing a session fails. Default: false. */
	readonly commitFails?: boolean;
}

const scenario: Scenario = JSON.parse(process.env.SCENARIO ?? "{}");

export const port = Number(process.env.PORT);
export const slowMs: number = scenario.slowMs ?? 1000;
/** The limit of the start that every peer has which knows one, in milliseconds. */
export const startLimitMs = 2000;
/** A stream gives a chunk that often. */
export const chunkMs = 100;
/** How many chunks a download has. */
export const chunkCount = 12;
/** A connection that hangs: it keeps the process alive. */
const foreverMs = 1e9;

/** Writes down what has happened; the time is that of the machine, in milliseconds. */
export function fact(text: string): void {
	const now = performance.timeOrigin + performance.now();
	writeSync(1, `fact ${now.toFixed(1)} ${text}\n`); // at once: the process may end in the next moment
}

/** Something that is acquired before the first request and released after the last. */
export class Resource {
	readonly name: string;
	#isReleased = false;

	private constructor(name: string) {
		this.name = name;
	}

	/** @param signal aborted when nobody waits for the resource any longer, in frameworks that say so */
	static async acquire(name: string, signal?: AbortSignal): Promise<Resource> {
		const { acquireMs = 0, acquire } = scenario.resources?.[name] ?? {};
		fact(`acquiring ${name}`);
		const isHanging = acquire === "hangs";
		await wait(isHanging ? foreverMs : acquireMs, undefined, { signal });
		if (acquire === "fails") {
			fact(`failed ${name}`);
			throw new Error(`${name} is unreachable`);
		}
		fact(`acquired ${name}`);
		return new Resource(name);
	}

	use(by: string): string {
		fact(`${this.#isReleased ? "misused" : "used"} ${this.name} ${by}`);
		return this.name;
	}

	async release(): Promise<void> {
		this.#isReleased = true;
		fact(`releasing ${this.name}`);
		await wait(20);
		const { release } = scenario.resources?.[this.name] ?? {};
		if (release === "hangs") {
			await wait(foreverMs);
		}
		if (release === "throws") {
			throw new Error(`${this.name} broke`);
		}
		fact(`released ${this.name}`);
	}
}

/** A database session of one request. */
export class Session {
	#isClosed = false;

	constructor() {
		fact("session opened");
	}

	use(by: string): void {
		fact(`session ${this.#isClosed ? "misused" : "used"} ${by}`);
	}

	async commit(): Promise<void> {
		await wait(10);
		if (scenario.commitFails) {
			fact("session commit failed");
			throw new Error("the commit failed");
		}
		fact("session committed");
	}

	async rollback(): Promise<void> {
		await wait(10);
		fact("session rolled back");
	}

	close(): void {
		this.#isClosed = true;
		fact("session closed");
	}
}
