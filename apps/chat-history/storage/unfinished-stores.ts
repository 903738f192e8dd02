import { type Kysely, sql } from "kysely";
import { engineOf } from "vivace/database";
import type { ChatTables } from "./tables.ts";

/** The transactions that may have been given an id before a time, and had not ended by then. */
export interface UnfinishedStores {
	/** True once all of them have: whatever they have stored can be read. */
	haveEnded(): Promise<boolean>;
	/** Those that have not ended are not waited for again. */
	giveUp(): void;
}

/** A span of ids, without its ends. */
export interface IdsBetween {
	readonly after: number;
	readonly before: number;
}

/**
 * An id is given out before its row is committed, so that 11 may be there before 10. This tells when nobody can come any more between ids that
 * are there.
 */
export function unfinishedStores(
	db: Kysely<ChatTables>,
): (ids: IdsBetween) => Promise<UnfinishedStores> {
	switch (engineOf(db)) {
		case "postgres":
			return unfinishedOnPostgres(db);
		case "mysql":
			return async (ids) => unfinishedOnMysql(db, ids);
		default:
			// one writes at a time, from its first row to its commit
			return async () => ({ haveEnded: async () => true, giveUp() {} });
	}
}

/**
 * Who writes to a table holds a lock on it, from before its first id until its rows can be seen. `pg_snapshot_xmin` says less: a transaction has
 * no number yet while its first id is given out, and any long one of other tables holds it back.
 */
function unfinishedOnPostgres(
	db: Kysely<ChatTables>,
): () => Promise<UnfinishedStores> {
	/** An operator's, who has deleted for minutes, say. */
	let givenUp: ReadonlySet<string> = new Set();
	const writers = async () => {
		const { rows } = await sql<{ virtualtransaction: string }>`
			select virtualtransaction from pg_catalog.pg_locks
			where locktype = 'relation' and mode = 'RowExclusiveLock' and granted and relation = 'chat_history'::regclass
				and database = (select oid from pg_catalog.pg_database where datname = current_database())`.execute(
			db,
		);
		return new Set(rows.map((row) => row.virtualtransaction));
	};
	return async () => {
		const begun = await writers();
		givenUp = givenUp.intersection(begun);
		let unfinished = begun.difference(givenUp);
		return {
			async haveEnded() {
				if (unfinished.size > 0) {
					unfinished = unfinished.intersection(await writers());
				}
				return unfinished.size === 0;
			},
			giveUp() {
				givenUp = givenUp.union(unfinished);
			},
		};
	};
}

/** From the moment that an id is given out until its row is in the table nothing tells of it: a moment in one thread of the server. */
const betweenIdAndRowMs = 50;

/** A row has a lock from when it is in the table until its transaction ends; who asks for it too is refused, and waits for nothing. */
function unfinishedOnMysql(
	db: Kysely<ChatTables>,
	{ after, before }: IdsBetween,
): UnfinishedStores {
	const sinceMs = performance.now();
	return {
		async haveEnded() {
			const isLate = performance.now() - sinceMs > betweenIdAndRowMs;
			try {
				// repeatable read would lock the gaps as well, and who stores would wait for them
				await db
					.transaction()
					.setIsolationLevel("read committed")
					.execute((trx) =>
						trx
							.selectFrom("chat_history")
							.select("id")
							.where("id", ">", after)
							.where("id", "<", before)
							.forUpdate()
							.noWait()
							.execute(),
					);
				return isLate;
			} catch (error) {
				if (isLocked(error)) {
					return false;
				}
				throw error;
			}
		},
		giveUp() {}, // the ids are behind us then
	};
}

/** MariaDB's "lock wait timeout", after no time here, and MySQL's `ER_LOCK_NOWAIT`; a deadlock with who deletes is tried again as well. */
function isLocked(error: unknown): boolean {
	const { errno } = error as { readonly errno?: unknown };
	return errno === 1205 || errno === 3572 || errno === 1213;
}
