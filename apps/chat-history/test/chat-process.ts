import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DatabaseOptions } from "vivace/database";

/** The service as a process of its own, as `npm start` runs it. */
export class ChatProcess implements AsyncDisposable {
	readonly #child: ChildProcess;
	/** Exit code and signal, when it has ended. */
	readonly ended: Promise<[code: number | null, signal: string | null]>;
	#output = "";

	/** Starts it with these variables beside the test's own, on a free port. */
	constructor(variables: Readonly<Record<string, string>>) {
		this.#child = spawn(
			process.execPath,
			[join(import.meta.dirname, "../main.ts")],
			{
				env: { ...process.env, PORT: "0", HOST: "127.0.0.1", ...variables },
				stdio: ["ignore", "pipe", "pipe"],
			},
		);
		this.ended = once(this.#child, "close") as Promise<[number, null]>;
		for (const stream of [this.#child.stdout, this.#child.stderr]) {
			stream?.setEncoding("utf8").on("data", (text: string) => {
				this.#output += text;
			});
		}
	}

	/** Its output so far. */
	get output(): string {
		return this.#output;
	}

	/** Resolves with what the pattern finds in its output; rejects if it ends before. */
	async says(pattern: RegExp): Promise<RegExpExecArray> {
		const lines = [this.#child.stdout, this.#child.stderr];
		for (;;) {
			const found = pattern.exec(this.#output);
			if (found) {
				return found;
			}
			await Promise.race([
				...lines.map((stream) => stream && once(stream, "data")),
				this.ended.then(([code]) => {
					throw new Error(`it ended with ${code}:\n${this.#output}`);
				}),
			]);
		}
	}

	/** Resolves with its address when it listens. */
	async listens(): Promise<string> {
		const [, url] = await this.says(/listening on (http:\S+)/);
		return String(url);
	}

	signal(signal: NodeJS.Signals): void {
		const { pid, exitCode, signalCode } = this.#child;
		const hasEnded = exitCode !== null || signalCode !== null;
		if (pid !== undefined && !hasEnded) {
			process.kill(pid, signal);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.signal("SIGKILL");
		await this.ended;
	}
}

/** The variables that tell it where its data are. */
export function variablesOf({
	sqlite,
	mysql,
	postgres,
}: DatabaseOptions): Record<string, string> {
	if (postgres) {
		const { user, password, host, port, database } = postgres;
		return {
			DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${database}`,
		};
	}
	if (sqlite) {
		return { DATABASE_URL: `sqlite:${sqlite.path}` };
	}
	return {
		MYSQL_DB_HOST: String(mysql?.host),
		MYSQL_DB_PORT: String(mysql?.port),
		MYSQL_DB_USER: String(mysql?.user),
		MYSQL_DB_PASSWORD: String(mysql?.password),
		MYSQL_DB_NAME: String(mysql?.database),
	};
}
