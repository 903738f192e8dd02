import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { DenoListening, DenoLook } from "./deno-port.ts";
import type { DenoRuntime } from "./deno-runtime.ts";
import { letAccept } from "./let-accept.ts";
import {
	established,
	hasUnread,
	listening,
	ownSockets,
	prepareClose,
	readSocket,
	type SystemCalls,
	systemCalls,
} from "./own-sockets.ts";

/**
 * The descriptor on which Deno listens, which it does not tell. Deno closes its port together with idle connections and resets what waits
 * to be accepted; so the port is closed before, under it, by the system's own calls. Where these can't be reached (another system than
 * Linux, no permission for foreign functions), it stays open, and the connections are looked up in the system's table.
 */
export class ListeningDescriptor implements DenoListening {
	readonly scheme = "http://";
	readonly madeUpHost: string;
	readonly #deno: DenoRuntime;
	readonly #port: number;
	readonly #isIPv6: boolean;
	/** Loaded at a stop, since it takes Deno milliseconds; `null` where they can't be reached. */
	#calls: SystemCalls | null | undefined;

	constructor(deno: DenoRuntime, { address, port }: ListenAddress) {
		this.#deno = deno;
		this.#port = port;
		this.madeUpHost = `localhost:${port}`;
		this.#isIPv6 = address.includes(":");
	}

	async refuse(hurry: AbortSignal): Promise<void> {
		const call = this.#systemCalls();
		if (call === null) {
			return;
		}
		for (const { descriptor } of this.#sockets(call, listening) ?? []) {
			const isWaiting = () =>
				(readSocket(call, descriptor)?.waitingCount ?? 0) > 0;
			const closeUnder = prepareClose(call, descriptor);
			await letAccept(isWaiting, hurry);
			closeUnder(); // in the same turn, in which nothing is accepted
		}
	}

	async look(): Promise<DenoLook> {
		const call = this.#systemCalls();
		const open = call === null ? undefined : this.#sockets(call, established);
		if (call === null || open === undefined) {
			return lookInTable(this.#isIPv6 ? "tcp6" : "tcp", this.#port);
		}
		return {
			count: open.length,
			hasUnread: open.some(({ descriptor }) => hasUnread(call, descriptor)),
			hasSilent: open.some(({ isSilent }) => isSilent),
		};
	}

	#sockets(call: SystemCalls, wanted: number) {
		const place = { isIPv6: this.#isIPv6, port: this.#port };
		return ownSockets(call, place)?.filter(({ state }) => state === wanted);
	}

	#systemCalls(): SystemCalls | null {
		if (this.#calls === undefined) {
			this.#calls = systemCalls(this.#deno) ?? null;
		}
		return this.#calls;
	}
}

/** The state of an open connection, as `/proc/net/tcp` writes it. */
const establishedText = "01";

/** Looks for connections to a port in `/proc/net/tcp`: column 2 is the address, column 4 the state (proc(5)). */
async function lookInTable(table: string, port: number): Promise<DenoLook> {
	const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	const rows = (await readTable(table))
		.filter((line) => line.includes(end)) // there may be thousands of others
		.map((line) => line.trim().split(/\s+/))
		.filter(
			([, address = "", , state = ""]) =>
				state === establishedText && address.endsWith(end),
		);
	return {
		count: rows.length,
		hasUnread: rows.some((row) => waitingOf(row) > 0),
		hasSilent: false, // which the table does not tell
	};
}

/** How many bytes wait to be read: the second half of column 5. */
function waitingOf([, , , , queues = ""]: readonly string[]): number {
	return Number.parseInt(queues.split(":")[1] ?? "0", 16);
}

/** Not at once: a long table takes the system a tenth of a second, in which a second signal may come. */
async function readTable(name: string): Promise<string[]> {
	try {
		const { readFile } = process.getBuiltinModule("node:fs").promises;
		return (await readFile(`/proc/self/net/${name}`, "utf8")).split("\n");
	} catch {
		return []; // another system, or no permission
	}
}
