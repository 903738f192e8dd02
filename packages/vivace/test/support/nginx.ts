import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";

/** An nginx of the test's own: its own configuration, folder and port, gone at the end. */
export class Nginx implements AsyncDisposable {
	readonly port: number;
	readonly #folder: string;
	#process: ChildProcess | undefined;
	#log = "";

	private constructor(folder: string, port: number) {
		this.#folder = folder;
		this.port = port;
	}

	/** Why tests with an nginx can't run here; undefined if they can. For the `skip` of a test. */
	static get missing(): string | undefined {
		return findProgram("nginx") || process.env.VIVACE_NO_SKIP === "1"
			? undefined
			: "install nginx";
	}

	/**
	 * Starts it; resolves when it listens.
	 *
	 * @param configuration what stands in its `http` block, told the port on which its server is to listen
	 */
	static async start(configuration: (port: number) => string): Promise<Nginx> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-nginx-"));
		const nginx = new Nginx(folder, await freePort());
		try {
			await nginx.#write(configuration);
			await nginx.#begin();
			return nginx;
		} catch (error) {
			await nginx[Symbol.asyncDispose]();
			throw error;
		}
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Its error log. */
	get log(): string {
		return this.#log;
	}

	/** Lets it read another configuration, as `nginx -s reload` does; resolves when new workers serve by it. */
	async reload(configuration: (port: number) => string): Promise<void> {
		await this.#write(configuration);
		const begin = this.#log.length;
		const reloaded = this.#says(/start worker process \d+/, begin);
		this.#process?.kill("SIGHUP");
		await reloaded;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (child && child.exitCode === null && child.signalCode === null) {
			const exited = once(child, "exit");
			child.kill("SIGTERM"); // at once, its workers with it
			await exited;
		}
		await rm(this.#folder, { recursive: true, force: true });
	}

	#write(configuration: (port: number) => string): Promise<void> {
		const own = [
			"daemon off;",
			"worker_processes 1;",
			"error_log stderr notice;",
			`pid ${this.#folder}/pid;`,
			// its workers would be nobody's, who may not write into the folder
			process.getuid?.() === 0 ? "user root;" : "",
			"events { worker_connections 4096; }",
		];
		const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
			(name) => `${name}_temp_path ${this.#folder}/${name};`,
		);
		const http = ["http {", "access_log off;", ...folders];
		return writeFile(
			this.#file,
			[...own, ...http, configuration(this.port), "}", ""].join("\n"),
		);
	}

	async #begin(): Promise<void> {
		const child = spawn(
			findProgram("nginx") ?? "nginx",
			["-c", this.#file, "-p", this.#folder, "-e", "stderr"],
			{ stdio: ["ignore", "ignore", "pipe"] },
		);
		this.#process = child;
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			this.#log += text;
		});
		await this.#says(/start worker process \d+/);
	}

	async #says(pattern: RegExp, begin = 0): Promise<void> {
		const child = this.#process;
		if (!child?.stderr) {
			throw new Error("nginx does not run");
		}
		const ended = once(child, "exit").then(() => {
			throw new Error(`nginx ended:\n${this.#log}`);
		});
		ended.catch(() => {}); // it may end later, when nobody waits
		while (!pattern.test(this.#log.slice(begin))) {
			await Promise.race([once(child.stderr, "data"), ended]);
		}
	}

	get #file(): string {
		return join(this.#folder, "nginx.conf");
	}
}
