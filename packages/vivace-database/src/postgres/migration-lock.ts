import { setTimeout as sleep } from "node:timers/promises";
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { DatabaseError } from "../errors/database-error.ts";

/** Kysely's own number, so that its migrator in another program waits for us, and we for it. */
const lockId = sql.lit(3853314791062309107n);
const waitMs = 10 * 60_000;
const pauseMs = 100;

/**
 * PostgreSQL with a lock for migrations that suits what stands between. In a transaction it is the transaction's, which PgBouncer keeps on one
 * session; else it is the session's. It is asked for again and again rather than waited for: a statement that waits has a snapshot, and
 * `create index concurrently` of who has the lock would wait for that.
 */
export class PostgresMigrationAdapter extends PostgresAdapter {
	override acquireMigrationLock(db: Kysely<unknown>): Promise<void> {
		return takeMigrationLock(db);
	}

	override async releaseMigrationLock(db: Kysely<unknown>): Promise<void> {
		if (!db.isTransaction) {
			await sql`select pg_advisory_unlock(${lockId})`.execute(db);
		}
	}
}

/**
 * Takes the lock, for the transaction if `db` is one, else for the session.
 *
 * @throws DatabaseError `MIGRATION_LOCKED` that names the session that has it all the time
 */
export async function takeMigrationLock(
	db: Kysely<unknown>,
	limitMs: number = waitMs,
): Promise<void> {
	const take = sql.raw(
		db.isTransaction ? "pg_try_advisory_xact_lock" : "pg_try_advisory_lock",
	);
	const endsAt = performance.now() + limitMs;
	for (;;) {
		const { rows } = await sql<{
			taken: boolean;
		}>`select ${take}(${lockId}) as taken`.execute(db);
		if (rows[0]?.taken) {
			return;
		}
		if (performance.now() > endsAt) {
			throw await lockedError(db);
		}
		await sleep(pauseMs);
	}
}

interface Holder {
	readonly pid: number;
	readonly name: string;
	readonly address: string | null;
	readonly state: string;
	readonly seconds: number;
}

async function lockedError(db: Kysely<unknown>): Promise<DatabaseError> {
	const { rows } = await sql<Holder>`
		select pid, application_name as name, client_addr::text as address, state, extract(epoch from now() - state_change)::int as seconds
		from pg_locks join pg_stat_activity using (pid)
		where locktype = 'advisory' and granted and objsubid = 1 and database = (select oid from pg_database where datname = current_database())
			and (classid::bigint << 32) + objid::bigint = ${lockId}`.execute(db);
	const [holder] = rows;
	if (holder === undefined) {
		return new DatabaseError(
			"MIGRATION_LOCKED",
			"other processes have been migrating this database, one after the other; try again.",
		);
	}
	const { pid, name, address, state, seconds } = holder;
	return new DatabaseError(
		"MIGRATION_LOCKED",
		`session ${pid} ("${name}" ${address === null ? "on the server's machine" : `from ${address}`}) has the lock of migrations, ${state} for ${seconds} s; ` +
			`wait for it, or, if its program is gone, end it: select pg_terminate_backend(${pid}).`,
	);
}
