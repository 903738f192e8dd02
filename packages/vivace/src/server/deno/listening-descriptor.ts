import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { DenoListening } from "./deno-port.ts";
import type { DenoRuntime } from "./deno-runtime.ts";
import { letAccept } from "./let-accept.ts";

/** Loaded at a stop: it takes Deno 14 ms, as long as half a start. */
const fileSystem = () => process.getBuiltinModule("node:fs");

/** States as the kernel numbers them. */
const established = "01";
const listening = "0A";

/** AF_UNIX, and SOCK_STREAM with SOCK_CLOEXEC, as Linux numbers them. */
const unixFamily = 1;
const streamUntilExec = 0o2000001;

type SystemCalls = ReturnType<DenoRuntime["dlopen"]>["symbols"];

const int = "i32";
const declared = {
	getsockopt: { parameters: [int, int, int, "buffer", "buffer"], result: int },
	socket: { parameters: [int, int, int], result: int },
	dup2: { parameters: [int, int], result: int },
	close: { parameters: [int], result: int },
} as const;

/**
 * The descriptor on which Deno listens, which it does not tell. Deno closes its port together with idle connections and resets what waits
 * to be accepted; so the port is closed before, under it, by the system's own calls. Where these can't be reached (another system than
 * Linux, no permission for foreign functions), nothing happens here.
 */
export class ListeningDescriptor implements DenoListening {
	readonly scheme = "http://";
	readonly madeUpHost: string;
	readonly #deno: DenoRuntime;
	readonly #port: number;
	readonly #table: string;

	constructor(deno: DenoRuntime, { address, port }: ListenAddress) {
		this.#deno = deno;
		this.#port = port;
		this.madeUpHost = `localhost:${port}`;
		this.#table = address.includes(":") ? "tcp6" : "tcp";
	}

	async refuse(hurry: AbortSignal): Promise<void> {
		const rows = await this.#rows(listening);
		const call = rows.length === 0 ? undefined : this.#systemCalls();
		const descriptors =
			call === undefined ? [] : descriptorsOf(new Set(rows.map(inodeOfRow)));
		if (call === undefined) {
			return;
		}
		for (const descriptor of descriptors) {
			await letAccept(() => queueLength(call, descriptor) > 0, hurry);
			closeUnder(call, descriptor); // in the same turn, in which nothing is accepted
		}
	}

	async look(): Promise<{ count: number; hasUnread: boolean }> {
		const rows = await this.#rows(established);
		return {
			count: rows.length,
			hasUnread: rows.some((row) => waitingOf(row) > 0),
		};
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

	#systemCalls(): SystemCalls | undefined {
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
function closeUnder(call: SystemCalls, descriptor: number): void {
	const unknown = call.socket?.(unixFamily, streamUntilExec, 0) ?? -1;
	if (unknown !== -1) {
		call.dup2?.(unknown, descriptor);
		call.close?.(unknown);
	}
}

/** IPPROTO_TCP and TCP_INFO; of a socket that listens it tells, as its 7th number, how many connections wait (tcp(7)). */
const tcpLevel = 6;
const tcpInfo = 11;
const infoBytes = 104;
const waitingOffset = 24;

function queueLength(call: SystemCalls, descriptor: number): number {
	const info = new Uint8Array(infoBytes);
	const length = new Uint8Array(new Uint32Array([infoBytes]).buffer);
	const outcome = call.getsockopt?.(
		descriptor,
		tcpLevel,
		tcpInfo,
		info,
		length,
	);
	return outcome === 0
		? new DataView(info.buffer).getUint32(waitingOffset, true)
		: 0;
}

/** How many bytes wait to be read: the second half of column 5. */
function waitingOf([, , , , queues = ""]: readonly string[]): number {
	return Number.parseInt(queues.split(":")[1] ?? "0", 16);
}

function inodeOfRow(row: readonly string[]): string {
	return row[9] ?? "";
}

/** Those of this process whose socket has one of the inodes. */
function descriptorsOf(inodes: ReadonlySet<string>): number[] {
	const { readdirSync } = fileSystem();
	return readdirSync("/proc/self/fd")
		.filter((name) => inodes.has(inodeOf(name)))
		.map(Number);
}

/** Not at once: a long table takes the system a tenth of a second, in which a second signal may come. */
async function readTable(name: string): Promise<string[]> {
	try {
		const { readFile } = fileSystem().promises;
		return (await readFile(`/proc/self/net/${name}`, "utf8")).split("\n");
	} catch {
		return []; // another system, or no permission
	}
}

function inodeOf(descriptor: string): string {
	try {
		const link = fileSystem().readlinkSync(`/proc/self/fd/${descriptor}`);
		return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "none";
	} catch {
		return "none"; // the one that read the folder
	}
}
