import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";

/** The options with which `openDatabase({ postgres })` reaches a server of the tests. */
export interface PostgresAccount {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: string;
	readonly database: string;
}

const run = promisify(execFile);
const testAccount = {
	user: "app",
	password: "pw",
	database: "vivace",
} as const;
const startLimitMs = 60_000;

/** A PostgreSQL server of the test's own: its own data folder, a free port, gone at the end. */
export class Postgres implements AsyncDisposable {
	readonly #folder: string;
	readonly #flags: readonly string[];
	#process: ChildProcess | undefined;
	readonly port: number;

	private constructor(folder: string, port: number, flags: readonly string[]) {
		this.#folder = folder;
		this.port = port;
		this.#flags = flags;
	}

	/** Why tests with a server can't run here; undefined if they can. For the `skip` of a test. */
	static get missing(): string | undefined {
		return findServerProgram("postgres") || process.env.VIVACE_NO_SKIP === "1"
			? undefined
			: "install postgresql";
	}

	/** Makes a data folder and starts a server on it, with further settings: `["-c", "max_connections=5"]`. */
	static async start(flags: readonly string[] = []): Promise<Postgres> {
		const server = await Postgres.#inFolder(flags);
		try {
			await server.#install();
			await server.resume();
			await server.root(
				`create role ${testAccount.user} login password '${testAccount.password}'`,
			);
			await server.root(
				`create database ${testAccount.database} owner ${testAccount.user}`,
			);
			return server;
		} catch (error) {
			await server[Symbol.asyncDispose]();
			throw error;
		}
	}

	/** Starts a standby that follows this server, as a copy of it; on a port that another one had, if need be. */
	async standby(
		flags: readonly string[] = [],
		port?: number,
	): Promise<Postgres> {
		const server = await Postgres.#inFolder(flags, port);
		try {
			await runProgram("pg_basebackup", [
				...[
					"-D",
					server.dataFolder,
					"-h",
					this.#folder,
					"-p",
					String(this.port),
				],
				...["-U", "postgres", "-X", "stream", "-R", "-c", "fast", "--no-sync"],
			]);
			await server.resume();
			return server;
		} catch (error) {
			await server[Symbol.asyncDispose]();
			throw error;
		}
	}

	static async #inFolder(
		flags: readonly string[],
		port?: number,
	): Promise<Postgres> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-postgres-"));
		const { uid, gid } = await owner();
		if (uid !== undefined && gid !== undefined) {
			await chown(folder, uid, gid);
		}
		await chmod(folder, 0o755);
		return new Postgres(folder, port ?? (await freePort()), flags);
	}

	/** Number of the server's process; undefined while it is stopped. */
	get pid(): number | undefined {
		return this.#process?.pid;
	}

	get account(): PostgresAccount {
		return { host: "127.0.0.1", port: this.port, ...testAccount };
	}

	/** The folder of its socket, and of what a test puts beside it. */
	get folder(): string {
		return this.#folder;
	}

	/** Starts the server on its data folder, with these flags for this time only; resolves when it answers. */
	async resume(flags: readonly string[] = []): Promise<void> {
		const deadline = performance.now() + startLimitMs;
		for (;;) {
			const failure = await this.#tryToStart(flags);
			if (failure === undefined) {
				return;
			}
			// after a crash its sessions need a moment to notice
			if (
				!/pre-existing shared memory|still in use/.test(failure) ||
				performance.now() > deadline
			) {
				throw new Error(`postgres ended before it was ready:\n${failure}`);
			}
			await sleep(100);
		}
	}

	/** Ends the server: `SIGINT` at once, `SIGTERM` when its clients have gone, `SIGKILL` as a crash. Resolves when the process has gone. */
	async stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (!child || child.exitCode !== null || child.signalCode !== null) {
			return;
		}
		const exited = once(child, "exit");
		child.kill(signal);
		await exited;
	}

	/** Stops the server and its sessions in their tracks: they keep their sockets open and answer nothing. */
	async freeze(): Promise<void> {
		await this.#signalAll("SIGSTOP");
	}

	/** Lets a frozen server run on. */
	async thaw(): Promise<void> {
		await this.#signalAll("SIGCONT");
	}

	/** Makes the server, a standby, take writes. */
	async promote(): Promise<void> {
		await this.root("select pg_promote(true)");
	}

	/** Runs SQL as the server's superuser, on a connection of its own, and gives the rows of the last statement. */
	async root(
		sql: string,
		database = "postgres",
	): Promise<Record<string, unknown>[]> {
		const client = new pg.Client({
			host: this.#folder,
			port: this.port,
			user: "postgres",
			password: "unused",
			database,
		});
		client.on("error", () => undefined);
		await client.connect();
		try {
			const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
			return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
		} finally {
			await client.end();
		}
	}

	/** The sessions of our account: their number, what they do, and what they run. */
	async sessions(): Promise<
		readonly { id: number; command: string; info: string }[]
	> {
		const rows = await this.root(
			`select pid as id, state as command, query as info from pg_stat_activity where usename = '${testAccount.user}'`,
		);
		return rows as { id: number; command: string; info: string }[];
	}

	/** Ends the sessions of our account. */
	async endSessions(): Promise<void> {
		await this.root(
			`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${testAccount.user}'`,
		);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#signalAll("SIGCONT").catch(() => undefined); // it may have ended
		await this.stop("SIGINT");
		await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 });
	}

	/** The folder of its data. */
	get dataFolder(): string {
		return join(this.#folder, "data");
	}

	async #install(): Promise<void> {
		await runProgram("initdb", [
			...["-D", this.dataFolder, "-U", "postgres", "--no-sync", "--no-locale"],
			...["-E", "UTF8", "--auth-local=trust", "--auth-host=scram-sha-256"],
		]);
	}

	/** Undefined when it answers, else the log of the server that has ended. */
	async #tryToStart(flags: readonly string[]): Promise<string | undefined> {
		const child = spawn(
			program("postgres"),
			[
				...["-D", this.dataFolder, "-p", String(this.port), "-k", this.#folder],
				...["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
				...["-c", "shared_buffers=16MB", "-c", "lc_messages=C"],
				...["-c", "max_wal_senders=4", "-c", "log_min_messages=log"],
				...this.#flags,
				...flags,
			],
			{
				...(await owner()),
				cwd: this.#folder,
				stdio: ["ignore", "ignore", "pipe"],
			},
		);
		this.#process = child;
		let log = "";
		const ready = new Promise<undefined>((resolve) =>
			child.stderr?.setEncoding("utf8").on("data", (text: string) => {
				log = (log + text).slice(-8_000);
				if (log.includes("ready to accept")) {
					resolve(undefined);
				}
			}),
		);
		return Promise.race([ready, once(child, "exit").then(() => log)]);
	}

	async #signalAll(signal: NodeJS.Signals): Promise<void> {
		const { pid } = this;
		if (pid === undefined) {
			return;
		}
		const { stdout } = await run("ps", ["-o", "pid=", "--ppid", String(pid)]);
		for (const each of [pid, ...stdout.split(/\s+/).map(Number)]) {
			if (each > 0) {
				signalIfThere(each, signal);
			}
		}
	}
}

/** A session may have ended since the processes were listed; the others are to be told all the same. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
			throw error;
		}
	}
}

/** The server refuses to run as root: then it is the system's user for it. */
async function owner(): Promise<{
	readonly uid?: number;
	readonly gid?: number;
}> {
	if (process.getuid?.() !== 0) {
		return {};
	}
	const [uid, gid] = await Promise.all(
		["-u", "-g"].map((flag) => run("id", [flag, "postgres"])),
	);
	return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

async function runProgram(name: string, options: string[]): Promise<void> {
	await run(program(name), options, { ...(await owner()), cwd: tmpdir() });
}

function program(name: string): string {
	const path = findServerProgram(name);
	if (path) {
		return path;
	}
	throw new Error(`${name} was not found: install postgresql`);
}

/** Debian keeps the server's programs in a folder for each version, which is on nobody's path. */
function findServerProgram(name: string): string | undefined {
	return (
		findProgram(name) ?? globSync(`/usr/lib/postgresql/*/bin/${name}`).at(-1)
	);
}
