import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrations } from "../../apps/chat-history/storage/migrations.ts";
import type { ChatTables } from "../../apps/chat-history/storage/tables.ts";
// by path: "vivace" is what was built before this run here
import {
	type DatabaseOptions,
	migrate,
	openDatabase,
} from "../../packages/vivace/src/database.ts";
import { MariaDb } from "../../packages/vivace/test/support/mariadb.ts";
import { Postgres } from "../../packages/vivace/test/support/postgres.ts";
import { seededMessages } from "./workloads.ts";

/** An engine that runs, with a database for each server that asks for one. */
export interface Engine extends AsyncDisposable {
	/** The process of the database; undefined where it is a part of the server. */
	readonly pid?: number | undefined;
	create(name: string): Promise<ChatDatabase>;
}

/** One server's database, with chat-history's schema and the messages that are there from the start. */
export interface ChatDatabase {
	/** The variables that make chat-history use it. */
	readonly variables: Readonly<Record<string, string>>;
	countMessages(): Promise<number>;
}

const batchSize = 1_000;

export const engines = {
	mariadb: { title: "MariaDB", missing: MariaDb.missing, start: startMariaDb },
	postgres: {
		title: "PostgreSQL",
		missing: Postgres.missing,
		start: startPostgres,
	},
	sqlite: { title: "SQLite", missing: undefined, start: startSqlite },
};

export type EngineName = keyof typeof engines;

/** A server of the bench's own, as durable as it is by default: the log is flushed at every commit. */
async function startMariaDb(): Promise<Engine> {
	const server = await MariaDb.start([
		"--innodb-buffer-pool-size=256M",
		"--innodb-log-file-size=96M", // the default, which the tests make smaller
		"--skip-debug-no-sync", // a commit is on the disk, as users' are
	]);
	return {
		pid: server.pid,
		async create(name) {
			const database = `chat_${name}`;
			await server.root(`create database ${database}`);
			const { host, port, user, password } = server.account;
			return fill(
				{ mysql: { ...server.account, database } },
				{
					MYSQL_DB_HOST: host,
					MYSQL_DB_PORT: String(port),
					MYSQL_DB_USER: user,
					MYSQL_DB_PASSWORD: password,
					MYSQL_DB_NAME: database,
				},
			);
		},
		[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
	};
}

/** As durable as it is by default, too. */
async function startPostgres(): Promise<Engine> {
	const server = await Postgres.start([
		...["-c", "fsync=on", "-c", "shared_buffers=256MB"],
	]);
	return {
		pid: server.pid,
		async create(name) {
			const database = `chat_${name}`;
			const { host, port, user, password } = server.account;
			await server.root(`create database ${database} owner ${user}`);
			return fill(
				{ postgres: { ...server.account, database } },
				{
					DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${database}`,
				},
			);
		},
		[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
	};
}

/** A folder with a file for each server. */
async function startSqlite(): Promise<Engine> {
	const folder = await mkdtemp(join(tmpdir(), "vivace-bench-chat-"));
	return {
		create(name) {
			const path = join(folder, name, "chat_history.db");
			return fill({ sqlite: { path } }, { DATA_DIR: join(folder, name) });
		},
		[Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
	};
}

async function fill(
	options: DatabaseOptions,
	variables: Readonly<Record<string, string>>,
): Promise<ChatDatabase> {
	await using database = await openDatabase<ChatTables>(options);
	await migrate(database, migrations);
	const messages = [...seededMessages()];
	for (let start = 0; start < messages.length; start += batchSize) {
		const batch = messages.slice(start, start + batchSize);
		await database.db.insertInto("chat_history").values(batch).execute();
	}
	return { variables, countMessages: () => countMessages(options) };
}

async function countMessages(options: DatabaseOptions): Promise<number> {
	await using database = await openDatabase<ChatTables>(options);
	const { count } = await database.db
		.selectFrom("chat_history")
		.select(({ fn }) => fn.countAll<number>().as("count"))
		.executeTakeFirstOrThrow();
	return count;
}
