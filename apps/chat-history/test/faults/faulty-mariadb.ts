import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { MariaDb } from "../../../../packages/vivace/test/support/mariadb.ts";
import { SmallDisk } from "../../../../packages/vivace/test/support/small-disk.ts";
import { until } from "../../../../packages/vivace/test/support/until.ts";
import type {
	FaultyEngine,
	FaultyServer,
	ServiceLimits,
	ServiceSession,
} from "./faulty-server.ts";

/** Too many connections. */
const full = 1040;
const unknownThread = 1094;

/** MariaDB, whose service's account may do nothing that the account of an application may not. */
export const faultyMariaDb: FaultyEngine = {
	name: "MariaDB",
	missing: MariaDb.missing,
	shortIdle: ["--wait-timeout=2"],
	places: (count) => [`--max-connections=${count}`],
	async start(flags) {
		const server = await MariaDb.start(flags);
		try {
			const { user, database } = server.account;
			await server.root(
				`revoke all on *.* from ${user}; grant all on ${database}.* to ${user};
					create user hog identified by 'pw'`,
			);
			return new FaultyMariaDb(server);
		} catch (error) {
			await server[Symbol.asyncDispose]();
			throw error;
		}
	},
};

class FaultyMariaDb implements FaultyServer {
	readonly #server: MariaDb;
	readonly #disks = new DisposableStack();

	constructor(server: MariaDb) {
		this.#server = server;
	}

	get port(): number {
		return this.#server.port;
	}

	variables(port: number, limits: ServiceLimits): Record<string, string> {
		const { host, user, password, database } = this.#server.account;
		const variables = {
			MYSQL_DB_HOST: host,
			MYSQL_DB_PORT: port,
			MYSQL_DB_USER: user,
			MYSQL_DB_PASSWORD: password,
			MYSQL_DB_NAME: database,
			MYSQL_DB_POOL_SIZE: limits.poolSize,
			MYSQL_DB_QUERY_TIMEOUT_MS: limits.queryTimeoutMs,
			MYSQL_DB_ACQUIRE_TIMEOUT_MS: limits.acquireTimeoutMs,
		};
		return Object.fromEntries(
			Object.entries(variables)
				.filter(([, value]) => value !== undefined)
				.map(([name, value]) => [name, String(value)]),
		);
	}

	stored(): Promise<string[]> {
		return storedOn(this.#server);
	}

	async sessions(): Promise<readonly ServiceSession[]> {
		const rows = await this.#root(
			`select id, command, exists(select 1 from information_schema.innodb_trx where trx_mysql_thread_id = id) as open
				from information_schema.processlist where user = '${this.#server.account.user}'`,
		);
		return rows.map(({ id, command, open }) => ({
			id,
			isBusy: command !== "Sleep",
			isInTransaction: Number(open) === 1,
		}));
	}

	async endSession(id: number): Promise<void> {
		await this.#root(`kill ${id}`).catch(except(unknownThread)); // it has ended by itself
	}

	stop(): Promise<void> {
		return this.#server.stop("SIGTERM");
	}

	crash(): Promise<void> {
		return this.#server.stop("SIGKILL");
	}

	resume(): Promise<void> {
		return this.#server.resume();
	}

	async occupy(): Promise<AsyncDisposable | undefined> {
		const { host, port } = this.#server.account;
		try {
			const connection = await createConnection({
				host,
				port,
				user: "hog",
				password: "pw",
			});
			return { [Symbol.asyncDispose]: () => connection.end() };
		} catch (error) {
			return except(full)(error);
		}
	}

	async lockTable(seconds: number): Promise<void> {
		const { database } = this.#server.account;
		await this.#server.root(
			`lock tables ${database}.chat_history write; do sleep(${seconds}); unlock tables`,
		);
	}

	async setReadOnly(isReadOnly: boolean): Promise<void> {
		await this.#server.root(`set global read_only = ${Number(isReadOnly)}`);
	}

	/** There is one file, which is written round and round. */
	async nextLogFile(): Promise<void> {}

	/** Its log has its size from the start, and can't grow. */
	async moveToSmallDisk(
		part: "tables" | "log",
	): Promise<SmallDisk | undefined> {
		if (part === "log") {
			return undefined;
		}
		const { database } = this.#server.account;
		const folder = join(this.#server.dataFolder, database);
		return this.#disks.use(SmallDisk.on(folder));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
		this.#disks.dispose();
		await this.#server[Symbol.asyncDispose]();
	}

	/** A session that has just been refused may still have the one place more that root gets. */
	async #root(sql: string) {
		let rows: Awaited<ReturnType<MariaDb["root"]>> | undefined;
		await until(async () => {
			rows = await this.#server.root(sql).catch(except(full));
			return rows !== undefined;
		});
		return rows ?? [];
	}
}

/** The contents of all messages that a server has; of a cluster's node, once it has caught up. */
export async function storedOn(server: MariaDb): Promise<string[]> {
	const rows = await server.root(
		`set session wsrep_sync_wait = 1; select content from ${server.account.database}.chat_history`,
	);
	return rows.map(({ content }) => content);
}

/** Lets an error of one number pass. */
function except(errno: number): (error: unknown) => undefined {
	return (error) => {
		if ((error as { readonly errno?: number }).errno !== errno) {
			throw error;
		}
		return undefined;
	};
}
