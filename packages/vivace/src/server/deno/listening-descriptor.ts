import { readdirSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { DenoRuntime } from "./deno-runtime.ts";

/** How long Deno has at a time to take in what the system has accepted; looking takes its time from it. */
const turnMs = 10;
const mostLooks = 60;

/** States as the kernel numbers them. */
const established = "01";
const connecting = "03";
const listening = "0A";

/** AF_UNIX, and SOCK_STREAM with SOCK_CLOEXEC, as Linux numbers them. */
const unixFamily = 1;
const streamUntilExec = 0o2000001;

const int = "i32";
const declared = {
	listen: { parameters: [int, int], result: int },
	socket: { parameters: [int, int, int], result: int },
	dup2: { parameters: [int, int], result: int },
	close: { parameters: [int], result: int },
} as const;

/**
 * The descriptor on which Deno listens, which it does not tell. Deno closes its port together with idle connections and resets what waits
 * to be accepted; so the port is closed before, under it, by the system's own calls. Where these can't be reached (another system than
 * Linux, no permission for foreign functions), nothing happens here.
 */
export class ListeningDescriptor {
	readonly #deno: DenoRuntime;
	readonly #port: number;
	readonly #table: string;

	constructor(deno: DenoRuntime, { address, port }: ListenAddress) {
		this.#deno = deno;
		this.#port = port;
		this.#table = address.includes(":") ? "tcp6" : "tcp";
	}

	/** Takes in what the system has accepted already, and has further connections refused. */
	async refuse(hurry: AbortSignal): Promise<void> {
		const rows = await this.#rows(listening);
		const call = rows.length === 0 ? undefined : this.#systemCalls();
		const descriptors =
			call === undefined ? [] : descriptorsOf(new Set(rows.map(inodeOfRow)));
		if (call === undefined || descriptors.length === 0) {
			return;
		}
		for (const descriptor of descriptors) {
			call.listen?.(descriptor, 0);
		}
		let looks = 0;
		do {
			await new Promise((resolve) => setTimeout(resolve, turnMs));
			looks++;
		} while (
			looks < mostLooks &&
			!hurry.aborted &&
			(await this.#areSeveralWaiting())
		);
		for (const descriptor of descriptors) {
			closeUnder(call, descriptor);
		}
	}

	/** True when a client has sent something that Deno has not read, as far as the system tells. */
	async hasUnread(): Promise<boolean> {
		const rows = await this.#rows(established);
		return rows.some((row) => waitingOf(row) > 0);
	}

	/**
	 * True when clients believe that they are connected and Deno has not taken them in: in the queue, or before it, where the system had no
	 * room when they answered. With a backlog of 0 one may always wait, while clients come.
	 */
	async #areSeveralWaiting(): Promise<boolean> {
		const rows = await this.#rows(listening, connecting);
		return rows.some((row) => row[3] === connecting || waitingOf(row) > 1);
	}

	/** The rows of `/proc/net/tcp` for sockets of the port in a state: column 2 is the address, column 4 the state (proc(5)). */
	async #rows(...wanted: readonly string[]): Promise<string[][]> {
		const end = `:${this.#port.toString(16).toUpperCase().padStart(4, "0")}`;
		return (await readTable(this.#table))
			.filter((line) => line.includes(end)) // there may be thousands of others
			.map((line) => line.trim().split(/\s+/))
			.filter(
				([, address = "", , state = ""]) =>
					wanted.includes(state) && address.endsWith(end),
			);
	}

	#systemCalls(): ReturnType<DenoRuntime["dlopen"]>["symbols"] | undefined {
		// asking would be a question at the terminal
		if (this.#deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
			return undefined;
		}
		for (const library of ["libc.so.6", "libc.so"]) {
			try {
				return this.#deno.dlopen(library, declared).symbols;
			} catch {
				// the other one
			}
		}
		return undefined;
	}
}

/** Puts a socket that nobody knows in the place of the one that listens, which the system then closes; Deno goes on waiting for it. */
function closeUnder(
	call: ReturnType<DenoRuntime["dlopen"]>["symbols"],
	descriptor: number,
): void {
	const unknown = call.socket?.(unixFamily, streamUntilExec, 0) ?? -1;
	if (unknown !== -1) {
		call.dup2?.(unknown, descriptor);
		call.close?.(unknown);
	}
}

/** How many connections wait to be accepted, or bytes to be read: the second half of column 5. */
function waitingOf([, , , , queues = ""]: readonly string[]): number {
	return Number.parseInt(queues.split(":")[1] ?? "0", 16);
}

function inodeOfRow(row: readonly string[]): string {
	return row[9] ?? "";
}

/** Those of this process whose socket has one of the inodes. */
function descriptorsOf(inodes: ReadonlySet<string>): number[] {
	return readdirSync("/proc/self/fd")
		.filter((name) => inodes.has(inodeOf(name)))
		.map(Number);
}

/** Not at once: a long table takes the system a tenth of a second, in which a second signal may come. */
async function readTable(name: string): Promise<string[]> {
	try {
		return (await readFile(`/proc/self/net/${name}`, "utf8")).split("\n");
	} catch {
		return []; // another system, or no permission
	}
}

function inodeOf(descriptor: string): string {
	try {
		const link = readlinkSync(`/proc/self/fd/${descriptor}`);
		return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "none";
	} catch {
		return "none"; // the one that read the folder
	}
}
