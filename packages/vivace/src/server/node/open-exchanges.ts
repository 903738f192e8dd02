import type { Socket } from "node:net";
import { LinkedSet } from "../../time/linked-set.ts";
import type { NodeExchange } from "./node-exchange.ts";

/** The exchanges that were not over when their listener returned, the oldest first. */
export class OpenExchanges extends LinkedSet<NodeExchange> {
	/** Those that waited for an earlier answer on their connection when they came. */
	readonly #queued = new Set<NodeExchange>();

	override add(exchange: NodeExchange): void {
		super.add(exchange);
		if (exchange.outgoing.socket === null) {
			this.#queued.add(exchange);
		}
	}

	override delete(exchange: NodeExchange): void {
		super.delete(exchange);
		if (this.#queued.size > 0) {
			this.#queued.delete(exchange);
		}
	}

	/**
	 * Ends those whose turn can't come any more, as their connection was closed. Some versions of Node 24 (24.12 is one) don't tell their answers,
	 * and the exchanges would never be over.
	 */
	endQueued(socket: Socket): void {
		for (const { socket: own, outgoing } of this.#queued) {
			if (own === socket && outgoing.socket === null && !outgoing.destroyed) {
				outgoing.destroy();
				outgoing.emit("close");
			}
		}
	}

	/** The connections on which a request is being answered. */
	busySockets(): Set<Socket> {
		const sockets = new Set<Socket>();
		for (const exchange of this.members()) {
			sockets.add(exchange.socket);
		}
		return sockets;
	}

	/** The connections that have become sockets. */
	upgradedSockets(): Socket[] {
		const sockets: Socket[] = [];
		for (const exchange of this.members()) {
			if (exchange.upgraded !== undefined) {
				sockets.push(exchange.socket);
			}
		}
		return sockets;
	}

	/** The first exchange on a connection whose answer has not been sent. */
	currentOn(socket: Socket): NodeExchange | undefined {
		return this.members().find(
			(each) => each.socket === socket && !each.outgoing.destroyed,
		);
	}

	/** The client of a connection, for a line of the log: with what it has asked for, where that is known. */
	clientOn(socket: Socket): string {
		const current = this.currentOn(socket);
		return current === undefined
			? "a client"
			: `${current.method} ${current.target}: the client`;
	}
}
