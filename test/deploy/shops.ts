import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { freePort } from "../../packages/vivace/test/support/free-port.ts";

const program = join(import.meta.dirname, "shop.ts");

/** Two processes of the service, on neighbouring ports or on sockets that are named after them, and the file into which both write. */
export class Shops implements AsyncDisposable {
	readonly ports: readonly [number, number];
	/** Where the folders of their sockets are, `shop-8001` for instance. */
	readonly folder: string;
	/** Of all processes that have ended: exit code and signal. */
	readonly ends: (readonly [code: number | null, signal: string | null])[] = [];
	readonly #hasSockets: boolean;
	readonly #running = new Map<number, ChildProcess>();

	private constructor(folder: string, port: number, hasSockets: boolean) {
		this.folder = folder;
		this.ports = [port, port + 1];
		this.#hasSockets = hasSockets;
	}

	/** Resolves when both listen. */
	static async start(on: "ports" | "sockets"): Promise<Shops> {
		const folder = await mkdtemp(join(tmpdir(), "shops-"));
		const shops = new Shops(folder, await freePort(2), on === "sockets");
		await writeFile(shops.#file, "");
		await Promise.all(shops.ports.map((port) => shops.#begin(port)));
		return shops;
	}

	/** As `systemctl restart`: resolves when the old process has ended and the new one is there, which may not listen yet. */
	async restart(port: number): Promise<void> {
		await this.#end(port, "SIGTERM");
		const begun = this.#begin(port);
		begun.catch(() => {}); // whoever asks whether it is ready sees that it is not
	}

	/** Asks both, past the proxy; gives the bodies of their answers. */
	async ask(method: "GET" | "POST", path: string): Promise<readonly string[]> {
		return await Promise.all(
			this.ports.map(async (port) => {
				const sent = request({
					...(this.#hasSockets
						? { socketPath: this.#socketOf(port) }
						: { host: "127.0.0.1", port }),
					method,
					path,
					agent: false,
				}).end();
				const [answer] = await once(sent, "response");
				return (await buffer(answer)).toString();
			}),
		);
	}

	/** The lines that were written, in the order in which they were. */
	async written(): Promise<string[]> {
		const text = await readFile(this.#file, "utf8");
		return text.split("\n").slice(0, -1);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const port of this.ports) {
			await this.#end(port, "SIGKILL");
		}
		await rm(this.folder, { recursive: true });
	}

	get #file(): string {
		return join(this.folder, "written");
	}

	#socketOf(port: number): string {
		return join(this.folder, `shop-${port}`, "http.sock");
	}

	async #begin(port: number): Promise<void> {
		const socketPath = this.#socketOf(port);
		await mkdir(join(socketPath, ".."), { recursive: true });
		const child = spawn(process.execPath, [program, this.#file], {
			env: {
				...process.env,
				PORT: String(port),
				...(this.#hasSockets && { SOCKET_PATH: socketPath }),
			},
			stdio: ["ignore", "pipe", "inherit"],
		});
		this.#running.set(port, child);
		const ended = once(child, "close");
		child.stdout.setEncoding("utf8");
		for (let output = ""; !output.includes("listening on"); ) {
			const [chunk] = await Promise.race([once(child.stdout, "data"), ended]);
			if (typeof chunk !== "string") {
				throw new Error(`the shop ${port} has ended:\n${output}`);
			}
			output += chunk;
		}
		child.stdout.resume();
	}

	async #end(port: number, signal: NodeJS.Signals): Promise<void> {
		const child = this.#running.get(port);
		if (child !== undefined && child.exitCode === null) {
			const ended = once(child, "close");
			child.kill(signal);
			const [code, killedBy] = await ended;
			this.ends.push([code, killedBy]);
		}
	}
}
