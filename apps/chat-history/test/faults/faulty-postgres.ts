import { execFileSync } from "node:child_process";
import { chown, mkdir, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import {
	Postgres,
	type PostgresAccount,
} from "../../../../packages/vivace/test/support/postgres.ts";
import { SmallDisk } from "../../../../packages/vivace/test/support/small-disk.ts";
import { until } from "../../../../packages/vivace/test/support/until.ts";
import type {
	FaultyEngine,
	FaultyServer,
	ServiceLimits,
	ServiceSession,
} from "./faulty-server.ts";

/** Places that only administrators get, by default. */
const reservedPlaces = 3;

export const faultyPostgres: FaultyEngine = {
	name: "PostgreSQL",
	missing: Postgres.missing,
	shortIdle: ["-c", "idle_session_timeout=2s"],
	places: (count) => ["-c", `max_connections=${count + reservedPlaces}`],
	async start(flags) {
		const server = await Postgres.start(flags);
		try {
			await server.root("create role hog login");
			return new FaultyPostgres(server);
		} catch (error) {
			await server[Symbol.asyncDispose]();
			throw error;
		}
	},
};

class FaultyPostgres implements FaultyServer {
	readonly #server: Postgres;
	readonly #disks = new DisposableStack();

	constructor(server: Postgres) {
		this.#server = server;
	}

	get port(): number {
		return this.#server.port;
	}

	variables(port: number, limits: ServiceLimits): Record<string, string> {
		return {
			DATABASE_URL: chatUrl({ ...this.#server.account, port }, limits),
		};
	}

	stored(): Promise<string[]> {
		return storedOn(this.#server);
	}

	async sessions(): Promise<readonly ServiceSession[]> {
		const rows = await this.#root(
			`select pid, state, xact_start is not null as open from pg_stat_activity where usename = '${this.#server.account.user}'`,
		);
		return rows.map(({ pid, state, open }) => ({
			id: Number(pid),
			isBusy: state === "active",
			isInTransaction: open === true,
		}));
	}

	async endSession(id: number): Promise<void> {
		await this.#root(`select pg_terminate_backend(${id})`);
	}

	stop(): Promise<void> {
		return this.#server.stop("SIGINT");
	}

	crash(): Promise<void> {
		return this.#server.stop("SIGKILL");
	}

	resume(): Promise<void> {
		return this.#server.resume();
	}

	async occupy(): Promise<AsyncDisposable | undefined> {
		const client = new pg.Client({
			host: this.#server.folder,
			port: this.port,
			user: "hog",
			password: "unused",
			database: "postgres",
		});
		client.on("error", () => undefined); // a connection that ends frees its place, as it should
		try {
			await client.connect();
		} catch (error) {
			return unlessFull(error);
		}
		return { [Symbol.asyncDispose]: () => client.end() };
	}

	async lockTable(seconds: number): Promise<void> {
		await this.#server.root(
			`begin; lock table chat_history; select pg_sleep(${seconds}); commit`,
			this.#server.account.database,
		);
	}

	async setReadOnly(isReadOnly: boolean): Promise<void> {
		await this.#server.root(
			`alter system set default_transaction_read_only = ${isReadOnly}`,
		);
		await this.#server.root("select pg_reload_conf()");
	}

	/** Where there is no room for it, the server panics, and its answer is lost. */
	async nextLogFile(): Promise<void> {
		await this.#server.root("select pg_switch_wal()").catch(() => undefined);
	}

	moveToSmallDisk(part: "tables" | "log"): Promise<SmallDisk> {
		return part === "log" ? this.#moveLog() : this.#moveTables();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
		this.#disks.dispose();
		await this.#server[Symbol.asyncDispose]();
	}

	/** A session that has just been refused may still have one of the places that administrators get. */
	async #root(sql: string) {
		let rows: Awaited<ReturnType<Postgres["root"]>> | undefined;
		await until(async () => {
			rows = await this.#server.root(sql).catch(unlessFull);
			return rows !== undefined;
		});
		return rows ?? [];
	}

	async #moveTables(): Promise<SmallDisk> {
		const folder = await this.#newFolder("tables");
		const disk = this.#disks.use(SmallDisk.on(folder));
		await this.#server.root(`create tablespace small location '${folder}'`);
		await this.#server.root(
			`alter database ${this.#server.account.database} set tablespace small`,
		);
		return disk;
	}

	async #moveLog(): Promise<SmallDisk> {
		const folder = await this.#newFolder("log");
		const log = join(this.#server.dataFolder, "pg_wal");
		await this.stop();
		const disk = this.#disks.use(SmallDisk.on(folder));
		execFileSync("cp", ["--archive", `${log}/.`, folder]);
		await rm(log, { recursive: true });
		await symlink(folder, log);
		await this.resume();
		return disk;
	}

	async #newFolder(name: string): Promise<string> {
		const folder = join(this.#server.folder, name);
		const { uid, gid } = await stat(this.#server.folder);
		await mkdir(folder);
		await chown(folder, uid, gid);
		return folder;
	}
}

/** Undefined for "too many connections". */
function unlessFull(error: unknown): undefined {
	if ((error as { readonly code?: unknown }).code !== "53300") {
		throw error;
	}
	return undefined;
}

/** The URL of the service's database, by this account. */
export function chatUrl(
	{ user, password, host, port, database }: PostgresAccount,
	{ poolSize = 10, ...limits }: ServiceLimits = {},
): string {
	const options = new URLSearchParams({ size: String(poolSize) });
	for (const [name, value] of Object.entries(limits)) {
		options.set(name, String(value));
	}
	return `postgres://${user}:${password}@${host}:${port}/${database}?${options}`;
}

/** The contents of all messages that a server has. */
export async function storedOn(server: Postgres): Promise<string[]> {
	const rows = await server.root(
		"select content from chat_history",
		server.account.database,
	);
	return rows.map(({ content }) => String(content));
}
