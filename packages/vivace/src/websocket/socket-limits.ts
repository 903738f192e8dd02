import type { OptionCheck, OptionRules } from "../errors/options.ts";

/** Limits of a socket. The app and a route can each set them; for each member the route's value applies. */
export interface SocketLimits {
	/** The largest message that is received, in bytes; a larger one closes the socket with 1009. Default: 1 MiB. */
	readonly messageBytes?: number;
	/** How much may wait to be sent before the client counts as slow, in bytes. Default: 1 MiB. */
	readonly bufferBytes?: number;
	/**
	 * The treatment of a slow client. `"wait"`: the promise of `send` resolves when less is waiting; if the handler doesn't await
	 * it, the socket is closed with 1013 at sixteen times `bufferBytes`. `"drop"`: messages are dropped and counted in `socket.dropped`.
	 * `"close"`: the socket is closed with 1013. Default: `"wait"`.
	 */
	readonly onSlow?: "wait" | "drop" | "close";
	/** How often the client gets a ping, in milliseconds; `0` means never. Default: 20,000. */
	readonly pingMs?: number;
	/**
	 * How long the client has for the pong, or to take some of the earlier data, in milliseconds; then the connection is cut. Default:
	 * 20,000.
	 */
	readonly pongMs?: number;
	/**
	 * How long there may be no message in either direction, in milliseconds; then the socket is closed with 1001. `0` means no limit.
	 * Default: 0.
	 */
	readonly idleMs?: number;
	/**
	 * How many sockets may be open at a time, of the app or of the route, per process; further handshakes get a 503. Default: no limit
	 * except the server's `maxConnections`.
	 */
	readonly sockets?: number;
	/** The same per client (`request.client`; an IPv6 network of 64 bits counts as one); further ones get a 429. Default: no limit. */
	readonly socketsPerClient?: number;
	/**
	 * True when messages are compressed for clients that offer it (RFC 7692): less to send, about 300 kB more memory for each socket.
	 * Not on Deno. Default: false.
	 */
	readonly compression?: boolean;
}

/** {@link SocketLimits} with every member decided. */
export type ResolvedSocketLimits = Required<SocketLimits>;

const defaults: ResolvedSocketLimits = Object.freeze({
	messageBytes: 1024 * 1024,
	bufferBytes: 1024 * 1024,
	onSlow: "wait",
	pingMs: 20_000,
	pongMs: 20_000,
	idleMs: 0,
	sockets: Number.POSITIVE_INFINITY,
	socketsPerClient: Number.POSITIVE_INFINITY,
	compression: false,
});

/** The limits as they hold; the last that says something counts. */
export function resolveSocketLimits(
	...said: readonly (SocketLimits | undefined)[]
): ResolvedSocketLimits {
	return Object.assign({}, defaults, ...said);
}

/** The longest that a timer can wait (2^31 - 1 ms, almost 25 days), and the longest message that a string can hold. */
const longestMs = 2_147_483_647;
const largestBytes = 512 * 1024 * 1024;

/** Rules of {@link SocketLimits}. */
export const socketLimitRules: OptionRules<SocketLimits> = {
	messageBytes: wholeFrom(1, "messageBytes", " of bytes"),
	bufferBytes: wholeFrom(1, "bufferBytes", " of bytes"),
	onSlow: ["wait", "drop", "close"],
	pingMs: timer("pingMs", 0),
	pongMs: timer("pongMs", 1),
	idleMs: timer("idleMs", 0),
	sockets: wholeFrom(0, "sockets", "", true),
	socketsPerClient: wholeFrom(0, "socketsPerClient", "", true),
	compression: "boolean",
};

function timer(name: keyof SocketLimits, least: number): OptionCheck {
	return (value) =>
		isWhole(value, least, longestMs)
			? undefined
			: `a whole number of milliseconds from ${least} to ${longestMs} (default ${defaults[name]})`;
}

function wholeFrom(
	least: number,
	name: keyof SocketLimits,
	unit: string,
	isEndless = false,
): OptionCheck {
	const most = isEndless ? Number.MAX_SAFE_INTEGER : largestBytes;
	const other = isEndless ? " or Infinity" : "";
	return (value) =>
		isWhole(value, least, most) || (isEndless && value === Infinity)
			? undefined
			: `a whole number${unit} from ${least} to ${most}${other} (default ${defaults[name]})`;
}

function isWhole(value: unknown, least: number, most: number): boolean {
	return (
		Number.isSafeInteger(value) &&
		Number(value) >= least &&
		Number(value) <= most
	);
}
