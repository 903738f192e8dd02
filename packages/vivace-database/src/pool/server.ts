import { addressOf, type ResolvedServerOptions } from "./server-options.ts";

/** The states of a server, the best first. */
export const standings = ["writable", "readOnly", "down"] as const;
export type Standing = (typeof standings)[number];

/** For how long a server is left out at first, and at most: each time it fails again the time doubles. */
const firstExileMs = 1_000;
const longestExileMs = 30_000;
/** A server that was well for so long begins with the first time again. */
const trustedAfterMs = 60_000;

/** One server of the list, and what is known about it. */
export class Server {
	readonly host: string;
	readonly port: number;
	readonly options: ResolvedServerOptions;
	/** How it is called in messages. */
	readonly name: string;
	/** How many answers of any kind have come from it: while they come, it is alive. */
	answers = 0;
	/** Until the contrary is seen, a server is taken for well. */
	#standing: Standing = "writable";
	#since = Number.NEGATIVE_INFINITY;
	#exileMs = firstExileMs / 2;

	constructor(options: ResolvedServerOptions, index: number) {
		const { host, port } = options.hosts[index] ?? { host: "", port: 0 };
		this.host = host;
		this.port = port;
		this.options = options;
		this.name = options.socketPath ?? `${host}:${port}`;
	}

	get standing(): Standing {
		return this.#standing;
	}

	isBetterThan(other: Server): boolean {
		return (
			standings.indexOf(this.#standing) < standings.indexOf(other.#standing)
		);
	}

	/** Notes what a connection to it has shown. */
	becomes(standing: Standing): void {
		if (standing === this.#standing) {
			return;
		}
		if (this.#standing === "writable") {
			this.#fall();
		}
		this.#standing = standing;
		this.#since = performance.now();
	}

	/** How long to wait before it is looked at again; longer each time. */
	nextExileMs(): number {
		this.#exileMs = Math.min(this.#exileMs * 2, longestExileMs);
		return this.#exileMs;
	}

	#fall(): void {
		if (performance.now() - this.#since > trustedAfterMs) {
			this.#exileMs = firstExileMs / 2;
		}
	}
}

/** The servers that the options name. */
export function serversOf(
	options: ResolvedServerOptions,
): readonly [Server, ...Server[]] {
	const [first, ...others] = options.hosts.map(
		(_, index) => new Server(options, index),
	);
	if (!first) {
		throw new RangeError(`no host in "${addressOf(options)}"`);
	}
	return [first, ...others];
}
