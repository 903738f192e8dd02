import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
	type Database,
	isOutcomeUnknown,
	openDatabase,
	withSession,
} from "vivace/database";
import type { Galera } from "../../../../packages/vivace/test/support/galera.ts";

interface PairTables {
	pair: { id: string; half: number };
}

const programCount = 4;
/** How long a program waits after a transaction that it gave up. */
const pauseMs = 50;

/**
 * Programs that write two rows in one transaction, again and again, without a key that would tell a second time: a transaction is run
 * again by the session where that is safe, and given up otherwise.
 */
export class Transactions implements AsyncDisposable {
	readonly #cluster: Galera;
	readonly #database: Database<PairTables>;
	readonly #programs: Promise<void>[];
	readonly #stored: string[] = [];
	/** Given up, and certainly not stored. */
	readonly #refused: string[] = [];
	#unknown = 0;
	#runs = 0;
	#isOver = false;

	private constructor(cluster: Galera, database: Database<PairTables>) {
		this.#cluster = cluster;
		this.#database = database;
		this.#programs = Array.from({ length: programCount }, () =>
			this.#program(),
		);
	}

	/** Starts them on an empty table. */
	static async start(cluster: Galera): Promise<Transactions> {
		const [first] = cluster.nodes;
		const { user, password, database } = first.account;
		await first.root(
			`create or replace table ${database}.pair (line int auto_increment primary key, id char(36), half int)`,
		);
		return new Transactions(
			cluster,
			await openDatabase<PairTables>({
				mysql: {
					hosts: cluster.nodes.map(({ account: { host, port } }) => ({
						host,
						port,
					})),
					user,
					password,
					database,
					size: programCount,
					log: () => undefined,
				},
			}),
		);
	}

	/** Ends them; every pair that a program was told is stored is there, once, on every node, and none that it was told is not. */
	async assertTold(): Promise<string> {
		await this[Symbol.asyncDispose]();
		for (const node of this.#cluster.nodes) {
			const rows = await node.root(
				`set session wsrep_sync_wait = 1;
					select id, count(*) as halves from ${node.account.database}.pair group by id`,
			);
			const halves = new Map(rows.map(({ id, halves }) => [id, halves]));
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
