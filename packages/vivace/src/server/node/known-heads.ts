import type { ServerResponse } from "node:http";
import { isBodyAllowed } from "../../http/answer-framing.ts";
import { isOtherRuntime } from "./other-runtime.ts";

// as in http-server.ts: an import would load all of the module
const http = process.getBuiltinModule("node:http");
const { writeHead } = http.ServerResponse.prototype;
/** Told by its text: an agent that observes the process, loaded before this by `node --import`, has its own. */
const nodesWriteHead = /^function writeHead\(.*_storeHeader\(/s.test(
	String(writeHead),
)
	? writeHead
	: undefined;

/** How many heads are kept; a program has few, but nobody says so. */
const mostKept = 200;

/** The members that `node:http` has for itself. */
interface Headed {
	/** The text of the head; null before it is made. */
	_header?: string | null;
	/** How long the client is told that the connection stays, in milliseconds; 0: it is not told. */
	_keepAliveTimeout?: number;
}

/**
 * The heads of answers that say of themselves no more than their type and length: put together from texts that are kept, to the letter as
 * `writeHead` does it, which looks through each name and value with regular expressions: 0.4 of the 9 µs of a small request. Where anything is
 * not as usual, or somebody has put a function of his own around `writeHead`, that is left to do it.
 */
class KnownHeads {
	/** Up to the length, by media type and status. */
	readonly #beginnings = new Map<string, Map<number, string>>();
	readonly #end: string;
	readonly #keepAliveTimeoutMs: number;
	#kept = 0;
	/** Of this second; empty when that is over. */
	#date = "";

	constructor(keepAliveTimeoutMs: number) {
		const seconds = Math.floor(keepAliveTimeoutMs / 1000);
		const limit =
			keepAliveTimeoutMs === 0 ? "" : `Keep-Alive: timeout=${seconds}\r\n`;
		this.#keepAliveTimeoutMs = keepAliveTimeoutMs;
		this.#end = `\r\nConnection: keep-alive\r\n${limit}\r\n`;
	}

	/** Has Node tell a client how long its connection stays: `OpenConnections` watches over that, and the server itself knows nothing of it. */
	announce(outgoing: ServerResponse): void {
		(outgoing as Headed)._keepAliveTimeout = this.#keepAliveTimeoutMs;
	}

	/**
	 * Gives a response its head.
	 *
	 * @param type the value of the one header of an answer, which is not the last on its connection and may have a body
	 * @param lengthBytes of that body
	 * @returns false when `writeHead` has to
	 */
	write(
		outgoing: ServerResponse,
		status: number,
		type: string,
		lengthBytes: number,
	): boolean {
		if (
			!isBodyAllowed(status) ||
			// somebody has set, removed or replaced something
			(outgoing as Headed)._header !== null ||
			!outgoing.shouldKeepAlive ||
			!outgoing.sendDate ||
			outgoing.writeHead !== nodesWriteHead ||
			outgoing.strictContentLength || // `writeHead` notes the length that is held against
			outgoing.getHeaderNames().length > 0
		) {
			return false;
		}
		const beginning =
			this.#beginnings.get(type)?.get(status) ?? this.#keep(type, status);
		if (beginning === undefined) {
			return false;
		}
		outgoing.statusMessage = http.STATUS_CODES[status] as string; // see #keep
		outgoing.statusCode = status;
		(outgoing as Headed)._header =
			`${beginning}${lengthBytes}\r\nDate: ${this.#date || this.#readDate()}${this.#end}`;
		return true;
	}

	#keep(type: string, status: number): string | undefined {
		const phrase = http.STATUS_CODES[status];
		if (
			phrase === undefined ||
			this.#kept === mostKept ||
			!/^[\t\x20-\x7e]+$/.test(type)
		) {
			return undefined;
		}
		this.#kept++;
		const byStatus = this.#beginnings.get(type) ?? new Map<number, string>();
		const beginning = `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: ${type}\r\ncontent-length: `;
		this.#beginnings.set(type, byStatus.set(status, beginning));
		return beginning;
	}

	#readDate(): string {
		const now = new Date();
		this.#date = now.toUTCString();
		setTimeout(() => {
			this.#date = "";
		}, 1000 - now.getMilliseconds()).unref();
		return this.#date;
	}
}

export type { KnownHeads };

/** Those of a server; `undefined` on Bun and Deno, whose responses are of another make. */
export function knownHeads({
	keepAliveTimeoutMs,
}: {
	readonly keepAliveTimeoutMs: number;
}): KnownHeads | undefined {
	return isOtherRuntime ? undefined : new KnownHeads(keepAliveTimeoutMs);
}
