import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";

/** The options with which `openDatabase({ mysql })` reaches a server of the tests. */
export interface MariaDbAccount {
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
const noSync = "--debug-no-sync"; // in every build of MariaDB

/** A MariaDB server of the test's own: its own data folder, a free port, gone at the end. */
export class MariaDb implements AsyncDisposable {
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
		const isThere =
			findProgram("mariadbd") && findProgram("mariadb-install-db");
		if (isThere || process.env.VIVACE_NO_SKIP === "1") {
			return undefined;
		}
		return "install mariadb-server";
	}

	/** Makes a data folder and starts a server on it, with further options of `mariadbd` as flags. */
	static async start(flags: readonly string[] = []): Promise<MariaDb> {
		const server = await MariaDb.prepare(flags);
		try {
			await server.resume();
			await server.createAccount();
			return server;
		} catch (error) {
			await server[Symbol.asyncDispose]();
			throw error;
		}
	}

	/** Makes a data folder; the server is started by {@link resume}. */
	static async prepare(flags: readonly string[] = []): Promise<MariaDb> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-mariadb-"));
		const server = new MariaDb(folder, await freePort(), flags);
		try {
			await server.#install();
			return server;
		} catch (error) {
			await server[Symbol.asyncDispose]();
			throw error;
		}
	}

	/** Makes the database and the account that {@link account} names. */
	async createAccount(): Promise<void> {
		await this.root(
			`create database ${testAccount.database}; grant all on *.* to '${testAccount.user}'@'%' identified by '${testAccount.password}'`,
		);
	}

	/** Number of the server's process; undefined while it is stopped. */
	get pid(): number | undefined {
		return this.#process?.pid;
	}

	get account(): MariaDbAccount {
		return { host: "127.0.0.1", port: this.port, ...testAccount };
	}

	/** Starts the server on its data folder, with these flags for this time only; resolves when it answers. */
	async resume(flags: readonly string[] = []): Promise<void> {
		const child = spawn(
			program("mariadbd"),
			[
				"--no-defaults",
				...asUser(),
				`--datadir=${this.dataFolder}`,
				`--tmpdir=${this.#folder}`,
				`--socket=${this.#socket}`,
				`--port=${this.port}`,
				"--bind-address=127.0.0.1",
				`--pid-file=${join(this.#folder, "pid")}`,
				"--skip-name-resolve",
				"--character-set-server=utf8mb4",
				"--innodb-buffer-pool-size=32M",
				"--innodb-log-file-size=16M",
				"--performance-schema=OFF",
				// a test ends the process, never the machine: what was written stays. PostgreSQL's servers have fsync=off.
				noSync,
				...this.#flags,
				...flags,
			],
			{ stdio: ["ignore", "ignore", "pipe"] },
		);
		this.#process = child;
		let log = "";
		child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			log = (log + text).slice(-4_000);
		});
		const ready = new Promise<void>((resolve) =>
			child.stderr?.on("data", () => {
				if (log.includes("ready for connections")) {
					resolve();
				}
			}),
		);
		await Promise.race([
			ready,
			once(child, "exit").then(() => {
				throw new Error(`mariadbd ended before it was ready:\n${log}`);
			}),
			limit(startLimitMs, () => `mariadbd is not ready:\n${log}`),
		]);
	}

	/** Ends the server; `SIGKILL` is a crash. Resolves when the process has gone. */
	async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (!child || child.exitCode !== null || child.signalCode !== null) {
			return;
		}
		const exited = once(child, "exit");
		child.kill(signal);
		await exited;
	}

	/** Stops the process in its tracks: it keeps its sockets open and answers nothing. */
	freeze(): void {
		this.#process?.kill("SIGSTOP");
	}

	/** Lets a frozen process run on. */
	thaw(): void {
		this.#process?.kill("SIGCONT");
	}

	/** Runs SQL as the server's root, on a connection of its own, and gives the rows of the last statement. */
	async root(sql: string): Promise<RowDataPacket[]> {
		const connection = await createConnection({
			socketPath: this.#socket,
			user: "root",
			multipleStatements: true,
		});
		try {
			const [result] = await connection.query<
				RowDataPacket[] | RowDataPacket[][]
			>(sql);
			// Several statements give a list of results.
			const last = Array.isArray(result) ? result.at(-1) : undefined;
			return Array.isArray(last) ? last : (result as RowDataPacket[]);
		} finally {
			await connection.end();
		}
	}

	/** The sessions of our account: their number, what they do, and what they run. */
	async sessions(): Promise<
		readonly { id: number; command: string; info: string | null }[]
	> {
		const rows = await this.root(
			`select id, command, info from information_schema.processlist where user = '${testAccount.user}'`,
		);
		return rows as RowDataPacket[] &
			{ id: number; command: string; info: string | null }[];
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop("SIGKILL");
		await rm(this.#folder, { recursive: true, force: true });
	}

	/** The folder of its data, a folder for each database. */
	get dataFolder(): string {
		return join(this.#folder, "data");
	}

	get #socket(): string {
		return join(this.#folder, "s.sock");
	}

	async #install(): Promise<void> {
		if (isRoot()) {
			const { stdout: uid } = await run("id", ["-u", "mysql"]);
			const { stdout: gid } = await run("id", ["-g", "mysql"]);
			await chown(this.#folder, Number(uid), Number(gid));
		}
		await run(
			program("mariadb-install-db"),
			[
				"--no-defaults",
				...asUser(),
				`--datadir=${this.dataFolder}`,
				"--skip-test-db",
				"--auth-root-authentication-method=normal",
				noSync,
			],
			// Two that run at once delete each other's temporary tables in a shared folder.
			{ env: { ...process.env, TMPDIR: this.#folder } },
		);
	}
}

function isRoot(): boolean {
	return process.getuid?.() === 0;
}

function asUser(): string[] {
	return isRoot() ? ["--user=mysql"] : [];
}

function program(name: string): string {
	const path = findProgram(name);
	if (path) {
		return path;
	}
	throw new Error(`${name} was not found: install mariadb-server`);
}

function limit(limitMs: number, message: () => string): Promise<never> {
	return new Promise((_, reject) => {
		setTimeout(() => reject(new Error(message())), limitMs).unref();
	});
}
