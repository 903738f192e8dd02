import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../../packages/vivace/test/support/find-program.ts";
import { until } from "../../packages/vivace/test/support/until.ts";

/** A proxy that runs in the foreground, in a folder of its own that is gone at the end. */
export class ProxyProcess implements AsyncDisposable {
	readonly #folder: string;
	readonly #child: ChildProcess;
	/** Its output so far. */
	log = "";

	private constructor(folder: string, child: ChildProcess) {
		this.#folder = folder;
		this.#child = child;
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding("utf8").on("data", (text: string) => {
				this.log += text;
			});
		}
	}

	/**
	 * Resolves when it listens.
	 *
	 * @param files by name, of its folder, which is its working directory
	 * @param port at which it listens when it is ready
	 */
	static async start(
		[program = "", ...args]: readonly string[],
		files: Readonly<Record<string, string>>,
		port: number,
	): Promise<ProxyProcess> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-proxy-"));
		for (const [name, text] of Object.entries(files)) {
			await writeFile(join(folder, name), text);
		}
		const child = spawn(findProgram(program) ?? program, args, {
			cwd: folder,
			env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder },
			stdio: ["ignore", "pipe", "pipe"],
		});
		const proxy = new ProxyProcess(folder, child);
		try {
			await until(async () => {
				if (child.exitCode !== null) {
					throw new Error(`${program} has ended:\n${proxy.log}`);
				}
				return await listens(port);
			});
			return proxy;
		} catch (error) {
			await proxy[Symbol.asyncDispose]();
			throw error;
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode === null && this.#child.signalCode === null) {
			const ended = once(this.#child, "close");
			this.#child.kill("SIGKILL");
			await ended;
		}
		await rm(this.#folder, { recursive: true, force: true });
	}
}

async function listens(port: number): Promise<boolean> {
	const socket = connect(port, "127.0.0.1");
	try {
		await once(socket, "connect");
		return true;
	} catch {
		return false; // not yet
	} finally {
		socket.destroy();
	}
}
