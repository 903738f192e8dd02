import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import type { Postgres, PostgresAccount } from "./postgres.ts";

/** A PgBouncer of the test's own in front of a server, in transaction mode: each transaction may have another session of the server. */
export class PgBouncer implements AsyncDisposable {
	readonly #folder: string;
	readonly #child: ChildProcess;
	readonly account: PostgresAccount;

	private constructor(
		folder: string,
		child: ChildProcess,
		account: PostgresAccount,
	) {
		this.#folder = folder;
		this.#child = child;
		this.account = account;
	}

	/** Why tests with it can't run here; undefined if they can. */
	static get missing(): string | undefined {
		return findProgram("pgbouncer") || process.env.VIVACE_NO_SKIP === "1"
			? undefined
			: "install pgbouncer";
	}

	/** Starts it with so many sessions on the server at most. */
	static async start(server: Postgres, size: number): Promise<PgBouncer> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-pgbouncer-"));
		const account = { ...server.account, port: await freePort() };
		const write = (name: string, lines: readonly string[]) =>
			writeFile(join(folder, name), `${lines.join("\n")}\n`);
		await write("users.txt", [`"${account.user}" "${account.password}"`]);
		await write("pgbouncer.ini", [
			"[databases]",
			`* = host=127.0.0.1 port=${server.port}`,
			"[pgbouncer]",
			"listen_addr = 127.0.0.1",
			`listen_port = ${account.port}`,
			"unix_socket_dir =",
			"auth_type = scram-sha-256",
			`auth_file = ${join(folder, "users.txt")}`,
			"pool_mode = transaction",
			`default_pool_size = ${size}`,
		]);
		const isRoot = process.getuid?.() === 0;
		if (isRoot) {
			const id = (flag: string) =>
				Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
			await chown(folder, id("-u"), id("-g"));
		}
		await chmod(folder, 0o755);
		const child = spawn(
			findProgram("pgbouncer") ?? "pgbouncer",
			[...(isRoot ? ["-u", "postgres"] : []), join(folder, "pgbouncer.ini")],
			{ stdio: ["ignore", "ignore", "pipe"] },
		);
		let log = "";
		child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			log += text;
		});
		const started = new PgBouncer(folder, child, account);
		while (!(await answers(account.port))) {
			if (child.exitCode !== null) {
				await started[Symbol.asyncDispose]();
				throw new Error(`pgbouncer ended before it was ready:\n${log}`);
			}
		}
		return started;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode === null) {
			const exited = once(this.#child, "exit");
			this.#child.kill("SIGTERM");
			await exited;
		}
		await rm(this.#folder, { recursive: true, force: true });
	}
}

/** True when somebody listens. */
async function answers(port: number): Promise<boolean> {
	const socket = connect(port, "127.0.0.1");
	try {
		await once(socket, "connect");
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
