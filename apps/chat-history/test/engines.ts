import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseOptions } from "vivace/database";
import { MariaDb } from "../../../packages/vivace/test/support/mariadb.ts";
import { Postgres } from "../../../packages/vivace/test/support/postgres.ts";

/** An engine that the same suite runs on. */
export interface TestedEngine {
	readonly name: string;
	/** Why it can't be tested here. */
	readonly missing: string | undefined;
	/** A new, empty database, gone at the end. */
	start(): Promise<TestedDatabase>;
}

/** A place for one database. */
export interface TestedDatabase extends AsyncDisposable {
	readonly options: DatabaseOptions;
}

export const engines: readonly TestedEngine[] = [
	{
		name: "SQLite",
		missing: undefined,
		async start() {
			const folder = await mkdtemp(join(tmpdir(), "chat-history-"));
			return {
				options: { sqlite: { path: join(folder, "chat_history.db") } },
				[Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
			};
		},
	},
	{
		name: "MariaDB",
		missing: MariaDb.missing,
		async start() {
			const server = await MariaDb.start();
			return {
				options: { mysql: server.account },
				[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
			};
		},
	},
	{
		name: "PostgreSQL",
		missing: Postgres.missing,
		async start() {
			const server = await Postgres.start();
			return {
				options: { postgres: server.account },
				[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
			};
		},
	},
];
