import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
	type Database,
	type DatabaseOptions,
	isOutcomeUnknown,
	openDatabase,
	withSession,
} from "vivace/database";

interface PairTables {
	pair: { id: string; half: number };
}

/** The servers that the programs write to, each of which has all that is stored. */
export interface PairPlace {
	/** The database of the programs, by these few connections. */
	options(size: number): DatabaseOptions;
	/** Makes the table `pair` anew, with a number for each line, the text `id` and the number `half`. */
	createTable(): Promise<void>;
	/** How many halves there are of each pair, on each server. */
	halves(): Promise<readonly ReadonlyMap<string, number>[]>;
}

const programCount = 4;
/** How long a program waits after a transaction that it gave up. */
const pauseMs = 50;

/**
 * Programs that write two rows in one transaction, again and again, without a key that would tell a second time: a transaction is run
 * again by the session where that is safe, and given up otherwise.
 */
export class Transactions implements AsyncDisposable {
	readonly #place: PairPlace;
	readonly #database: Database<PairTables>;
	readonly #programs: Promise<void>[];
	readonly #stored: string[] = [];
	/** Given up, and certainly not stored. */
	readonly #refused: string[] = [];
	#unknown = 0;
	#runs = 0;
	#isOver = false;

	private constructor(place: PairPlace, database: Database<PairTables>) {
		this.#place = place;
		this.#database = database;
		this.#programs = Array.from({ length: programCount }, () =>
			this.#program(),
		);
	}

	/** Starts them on an empty table. */
	static async start(place: PairPlace): Promise<Transactions> {
		await place.createTable();
		return new Transactions(
			place,
			await openDatabase<PairTables>(place.options(programCount)),
		);
	}

	/** Ends them; every pair that a program was told is stored is there, once, on every server, and none that it was told is not. */
	async assertTold(): Promise<string> {
		await this[Symbol.asyncDispose]();
		for (const halves of await this.#place.halves()) {
			assert.ok(halves.values().every((count) => count === 2));
			assert.ok(this.#stored.every((id) => halves.has(id)));
			assert.ok(!this.#refused.some((id) => halves.has(id)));
		}
		const units = this.#stored.length + this.#refused.length + this.#unknown;
		return `${units} transactions: ${this.#runs - units} run again, ${this.#refused.length} refused, ${this.#unknown} unknown`;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#isOver = true;
		await Promise.all(this.#programs);
		await this.#database.close();
	}

	async #program(): Promise<void> {
		while (!this.#isOver) {
			const id = randomUUID();
			try {
				await this.#store(id);
				this.#stored.push(id);
			} catch (error) {
				if (isOutcomeUnknown(error)) {
					this.#unknown++;
				} else {
					this.#refused.push(id);
				}
				await sleep(pauseMs);
			}
		}
	}

	#store(id: string): Promise<void> {
		return withSession(
			this.#database,
			async ({ db }) => {
				this.#runs++;
				for (const half of [1, 2]) {
					await db.insertInto("pair").values({ id, half }).execute();
				}
			},
			{ retries: 4 },
		);
	}
}
