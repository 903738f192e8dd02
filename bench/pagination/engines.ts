import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { type Database, openDatabase } from "vivace/database";
import { MariaDb } from "../../packages/vivace/test/support/mariadb.ts";

export interface Tables {
	message: { id: number; user_id: number; entry_time: Date; content: string };
}

/** A database with the bench's table in it. */
export interface FilledDatabase extends AsyncDisposable {
	readonly db: Database<Tables>["db"];
}

const columns = sql`id integer primary key, user_id integer not null, entry_time timestamp not null, content varchar(200) not null`;
// forty messages a second, as the column's resolution has it: without the key the order is not total
const perSecond = 40;

/** Among how many users the messages are spread. */
export const users = 20;

/** A file in a new folder, filled with rows. */
export async function openSqlite(rows: number): Promise<FilledDatabase> {
	const folder = await mkdtemp(join(tmpdir(), "vivace-pagination-"));
	const { db, close } = await openDatabase<Tables>({
		sqlite: { path: join(folder, "bench.db") },
	});
	await sql`create table message (${columns})`.execute(db);
	await sql`insert into message (id, user_id, entry_time, content)
		with recursive number(i) as (select 1 union all select i + 1 from number where i < ${rows})
		select i, i % ${users}, datetime(1700000000 + i / ${perSecond}, 'unixepoch'), 'message ' || i || ${"x".repeat(80)} from number`.execute(
		db,
	);
	await indexed(db, "analyze");
	return {
		db,
		async [Symbol.asyncDispose]() {
			await close();
			await rm(folder, { recursive: true });
		},
	};
}

/** A server of the bench's own, filled with rows; `undefined` where MariaDB is not installed. */
export async function openMariaDb(
	rows: number,
): Promise<FilledDatabase | undefined> {
	if (MariaDb.missing !== undefined) {
		return undefined;
	}
	const server = await MariaDb.start([
		"--innodb-buffer-pool-size=256M",
		"--skip-debug-no-sync",
	]);
	const { db, close } = await openDatabase<Tables>({
		mysql: { ...server.account, queryTimeoutMs: 0 },
	});
	await sql`create table message (${columns}) engine=InnoDB`.execute(db);
	await sql`insert into message (id, user_id, entry_time, content)
		select seq, seq % ${users}, timestampadd(second, floor(seq / ${perSecond}), '2023-11-14 22:13:20'), concat('message ', seq, ${"x".repeat(80)})
		from ${sql.raw(`seq_1_to_${rows}`)}`.execute(db);
	await indexed(db, "analyze table");
	return {
		db,
		async [Symbol.asyncDispose]() {
			await close();
			await server[Symbol.asyncDispose]();
		},
	};
}

async function indexed(
	db: FilledDatabase["db"],
	analyze: string,
): Promise<void> {
	await sql`create index message_time on message (entry_time)`.execute(db);
	await sql`create index message_user_time on message (user_id, entry_time)`.execute(
		db,
	);
	await sql.raw(`${analyze} message`).execute(db);
}
