import type { Socket } from "node:net";
import { LinkedSet } from "../lifecycle/linked-set.ts";
import type { NodeExchange } from "./node-exchange.ts";

/** The exchanges that were not over when their listener returned, the oldest first. */
export class OpenExchanges extends LinkedSet<NodeExchange> {
	/** The connections on which a request is being answered. */
	busySockets(): Set<Socket> {
		const sockets = new Set<Socket>();
		for (const exchange of this.members()) {
			sockets.add(exchange.socket);
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
