import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const control = join(import.meta.dirname, "control.mjs");
const startLimitMs = 30_000;

/** The use that a server's process has made of the machine. */
export interface Usage {
	/** CPU time of the process since it started, user and system, all threads, in microseconds. */
	readonly cpuUs: number;
	/** Resident memory, in bytes. */
	readonly rssBytes: number;
}

/** How a server is started. */
export interface ServerProgram {
	readonly name: string;
	readonly port: number;
	/** A file of JavaScript, or a program that is not Node with its arguments. */
	readonly run: string | readonly [program: string, ...args: string[]];
	/** Beside the bench's own and `PORT`. */
	readonly env?: Readonly<Record<string, string>>;
	/** A path that it answers to `GET`. */
	readonly probe: string;
	/** The process of the database that it uses. */
	readonly databasePid?: number | undefined;
}

/** A server under measurement, in a process of its own. */
export class ServerProcess {
	readonly name: string;
	readonly port: number;
	/** From the start of the process to its first answer. */
	readonly startMs: number;
	readonly #child: ChildProcess;
	readonly #databasePid: number | undefined;

	private constructor(
		{ name, port, databasePid }: ServerProgram,
		startMs: number,
		child: ChildProcess,
	) {
		this.name = name;
		this.port = port;
		this.startMs = startMs;
		this.#child = child;
		this.#databasePid = databasePid;
	}

	/** Starts a server and waits until it answers. */
	static async start(program: ServerProgram): Promise<ServerProcess> {
		const { name, port, probe } = program;
		const begin = performance.now();
		const child = launch(program);
		while (!(await isAnswering(port, probe))) {
			if (child.exitCode !== null) {
				throw new Error(`${name} ended with ${child.exitCode}`);
			}
			if (performance.now() - begin > startLimitMs) {
				child.kill();
				throw new Error(`${name} does not answer`);
			}
			await wait(1);
		}
		return new ServerProcess(program, performance.now() - begin, child);
	}

	/** Its use so far. Asked over a channel where it runs on Node, of Linux (`proc(5)`) elsewhere: there to 10 ms, with its workers. */
	async usage(): Promise<Usage> {
		const { pid = 0, channel } = this.#child;
		if (channel == null) {
			const usages = [pid, ...childrenOf(pid)].map(usageOf);
			return {
				cpuUs: usages.reduce((total, { cpuUs }) => total + cpuUs, 0),
				rssBytes: usages.reduce((total, { rssBytes }) => total + rssBytes, 0),
			};
		}
		this.#child.send("usage");
		const [usage] = await once(this.#child, "message");
		return usage;
	}

	/** CPU time of its database so far, its own processes included, in microseconds, to 10 ms; undefined if that is no process of its own. */
	databaseCpuUs(): number | undefined {
		if (this.#databasePid === undefined) {
			return undefined;
		}
		return [this.#databasePid, ...childrenOf(this.#databasePid)]
			.map((pid) => usageOf(pid).cpuUs)
			.reduce((total, cpuUs) => total + cpuUs);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const gone = once(this.#child, "exit");
		this.#child.kill("SIGKILL");
		await gone;
	}
}

function launch({ port, run, env }: ServerProgram): ChildProcess {
	const isNode = typeof run === "string";
	const [program, ...args] = isNode
		? [process.execPath, "--import", control, run]
		: run;
	return spawn(program, args, {
		env: {
			...process.env,
			PORT: String(port),
			NODE_ENV: "production",
			...env,
		},
		stdio: ["ignore", "ignore", "inherit", ...(isNode ? ["ipc" as const] : [])],
	});
}

const ticksPerSecond = 100; // USER_HZ, the same on every Linux
const pageBytes = 4096;

function usageOf(pid: number | undefined): Usage {
	const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
	// the fields behind the name, which may hold blanks: the 3rd and on
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	// user and system time of the process (14, 15) and of its children that have ended (16, 17)
	const ticks = fields.slice(11, 15).map(Number);
	return {
		cpuUs:
			(ticks.reduce((total, count) => total + count) / ticksPerSecond) * 1e6,
		rssBytes: Number(fields[21]) * pageBytes,
	};
}

/** PostgreSQL has a process for each session. */
function childrenOf(pid: number): number[] {
	return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1")
		.split(" ")
		.map(Number)
		.filter((child) => child > 0);
}

/** Whether a request is answered. */
function isAnswering(port: number, probe: string): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const socket = connect(port, "127.0.0.1");
	socket.on("connect", () => {
		socket.write(
			`GET ${probe} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`,
		);
	});
	socket.on("data", () => {
		resolve(true);
		socket.destroy();
	});
	socket.on("error", () => resolve(false));
	socket.on("close", () => resolve(false));
	return promise;
}
