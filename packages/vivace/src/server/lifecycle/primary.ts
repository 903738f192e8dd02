import type { Worker } from "../../http/worker.ts";
import type { ConnectionSource, InheritedSocket } from "./connection-source.ts";

/** The process that has started this one as a worker: gives it connections and says when to stop. */
export interface Primary extends ConnectionSource {
	/** Which worker this process is. */
	readonly worker: Worker;
	/** The socket on which this process accepts connections itself, where it is not given any. */
	readonly inherited: InheritedSocket | undefined;
	/** From now on what the primary says is obeyed. */
	obey(orders: WorkerOrders): void;
	/** Asks for the order to stop; another worker takes this one's place, later if this one has failed and its predecessors did. */
	leave(reason: string, how?: { readonly hasFailed?: boolean }): void;
	/** Asks for another worker in this one's place, which then gets the order to stop. */
	tire(reason: string): void;
	/** Tells that a body was left behind. */
	tellAbandoned(): void;
	/** Tells how many sockets are open. */
	tellSockets(count: number): void;
	/** Tells why the app has not started; resolves when that has been sent. */
	fail(reason: string): Promise<void>;
	/** The process may end. */
	end(): void;
}

/** The orders of the primary process to the server in a worker. */
export interface WorkerOrders {
	/** Stop; connections that are idle may bring one more request for so long. */
	drain(farewellMs: number): void;
	/** Don't wait any longer. */
	hurry(): void;
}
