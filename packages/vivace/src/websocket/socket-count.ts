import { HTTPException } from "../errors/http-exception.ts";
import type { ResolvedSocketLimits } from "./socket-limits.ts";

/** A handshake, as far as it is counted. */
interface Handshake {
	readonly client: { readonly host: string } | undefined;
}

/** The sockets that are open in one place, an app or a route, and whose they are. */
export class SocketCount {
	readonly #limits: Pick<ResolvedSocketLimits, "sockets" | "socketsPerClient">;
	readonly #byClient = new Map<string, number>();
	#open = 0;
	/** One for all of them. */
	readonly #leave = (): void => {
		this.#open--;
	};

	constructor(
		limits: Pick<ResolvedSocketLimits, "sockets" | "socketsPerClient">,
	) {
		this.#limits = limits;
	}

	/** True when it refuses nobody. */
	get isUnlimited(): boolean {
		const { sockets, socketsPerClient } = this.#limits;
		return sockets === Infinity && socketsPerClient === Infinity;
	}

	get open(): number {
		return this.#open;
	}

	/**
	 * Counts a socket until the function that it gives is called.
	 *
	 * @param handshake with the address of its client; without one the client's number is not bounded
	 * @throws HTTPException 503 or 429 when there are too many
	 */
	enter(handshake: Handshake): () => void {
		const { sockets, socketsPerClient } = this.#limits;
		if (this.#open >= sockets) {
			throw new HTTPException(503, "Too many sockets");
		}
		// the system is asked for an address
		const client =
			socketsPerClient === Infinity ? undefined : handshake.client?.host;
		if (client === undefined) {
			this.#open++;
			return this.#leave;
		}
		return this.#enterAs(network(client));
	}

	#enterAs(key: string): () => void {
		const { socketsPerClient } = this.#limits;
		const count = this.#byClient.get(key) ?? 0;
		if (count >= socketsPerClient) {
			throw new HTTPException(429, "Too many sockets of one client");
		}
		this.#open++;
		this.#byClient.set(key, count + 1);
		return () => {
			this.#open--;
			const left = (this.#byClient.get(key) ?? 1) - 1;
			if (left === 0) {
				this.#byClient.delete(key);
			} else {
				this.#byClient.set(key, left);
			}
		};
	}
}

/** Who has an IPv6 network of 64 bits has as many addresses as he likes. */
function network(address: string): string {
	if (!address.includes(":") || address.startsWith("::ffff:")) {
		return address;
	}
	const [head = "", tail] = address.split("::");
	const before = head === "" ? [] : head.split(":");
	const after = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = Array(Math.max(0, 8 - before.length - after.length)).fill("0");
	return [...before, ...(tail === undefined ? [] : zeros), ...after]
		.slice(0, 4)
		.map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""))
		.join(":");
}
