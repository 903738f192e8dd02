import type { Socket } from "node:net";
import type { Worker } from "../../http/worker.ts";
import type {
	InheritedAddress,
	InheritedSocket,
	ListenAddress,
} from "../lifecycle/connection-source.ts";
import { shortFarewellMs } from "../lifecycle/farewell.ts";
import type { Primary, WorkerOrders } from "../lifecycle/primary.ts";
import { WorkerBroker } from "./worker-broker.ts";
import {
	isWorkerMessage,
	type MessageToPrimary,
	type MessageToWorker,
	workerVariable,
} from "./worker-message.ts";

/** A worker's side of what connects it with the primary process. */
export class WorkerLink implements Primary {
	readonly worker: Worker;
	readonly inherited: InheritedSocket | undefined;
	readonly #broker = new WorkerBroker((message) => {
		this.#send(message);
		return process.connected === true;
	});
	readonly #address = Promise.withResolvers<ListenAddress>();
	readonly #last = Promise.withResolvers<void>();
	#orders: WorkerOrders | undefined;
	/** Orders that came before there was a server. */
	readonly #early: ((orders: WorkerOrders) => void)[] = [];
	#accept: ((connection: Socket) => void) | undefined;

	/** @param place the number of the worker, how many there are, and the descriptor of a listening socket that it has inherited: `1/4`, `1/4/4` */
	constructor(place: string) {
		const [id = 0, count = 1, descriptor] = place.split("/").map(Number);
		this.inherited =
			descriptor === undefined
				? undefined
				: {
						open: () => this.#openInherited(descriptor),
						close: () => this.close(),
						left: () => this.#send({ vivace: "left" }),
					};
		const broker = this.#broker;
		this.worker = Object.freeze({ id, count, isPrimary: id === 0, broker });
		// otherwise node:cluster ends the process at once when the primary is gone, and nothing is released
		const { worker } = process.getBuiltinModule("node:cluster");
		if (worker) {
			worker.exitedAfterDisconnect = true;
		}
		this.#address.promise.catch(() => {}); // whoever opens it is told
		process.on("message", this.#hear);
		process.once("disconnect", this.#onAlone);
		process.on("SIGHUP", ignore); // for the primary; a terminal sends it to all
		this.#send({ vivace: "here" });
	}

	obey(orders: WorkerOrders): void {
		this.#orders = orders;
		for (const order of this.#early.splice(0)) {
			order(orders);
		}
	}

	/** Has the server do something, as soon as there is one. */
	#order(order: (orders: WorkerOrders) => void): void {
		if (this.#orders === undefined) {
			this.#early.push(order);
		} else {
			order(this.#orders);
		}
	}

	open(accept: (connection: Socket) => void): Promise<ListenAddress> {
		this.#accept = accept;
		return this.#isReady();
	}

	async #openInherited(descriptor: number): Promise<InheritedAddress> {
		return { ...(await this.#isReady()), descriptor };
	}

	#isReady(): Promise<ListenAddress> {
		this.#send({ vivace: "ready" });
		return this.#address.promise;
	}

	/** Resolves when no connection comes any more. */
	close(): Promise<void> {
		return this.#last.promise;
	}

	leave(reason: string, how: { readonly hasFailed?: boolean } = {}): void {
		if (process.connected) {
			const { hasFailed = false } = how;
			this.#send({ vivace: "leaving", reason, hasFailed });
		} else {
			this.#onAlone();
		}
	}

	tire(reason: string): void {
		this.#send({ vivace: "tired", reason });
	}

	tellAbandoned(): void {
		this.#send({ vivace: "abandoned" });
	}

	tellSockets(count: number): void {
		this.#send({ vivace: "sockets", count });
	}

	fail(reason: string): Promise<void> {
		return new Promise((resolve) => {
			this.#send({ vivace: "failed", reason }, resolve);
		});
	}

	end(): void {
		process.off("message", this.#hear);
		process.off("disconnect", this.#onAlone);
		process.off("SIGHUP", ignore);
		if (process.connected) {
			process.disconnect?.();
		}
	}

	readonly #hear = (message: unknown, connection: unknown): void => {
		if (!isWorkerMessage<MessageToWorker>(message)) {
			return;
		}
		switch (message.vivace) {
			case "listening":
				this.#address.resolve(message.address);
				break;
			case "connection":
				this.#send({ vivace: "taken" });
				// its client may have gone on the way
				if (connection) {
					this.#accept?.(connection as Socket); // the handle of this message
				}
				break;
			case "drain":
				this.#giveUp(message.farewellMs);
				break;
			case "last":
				this.#last.resolve();
				break;
			case "ping":
				this.#send({ vivace: "alive" });
				break;
			case "hurry":
				this.#last.resolve();
				this.#order((orders) => orders.hurry());
				break;
			default:
				this.#broker.hear(message);
		}
	};

	readonly #onAlone = (): void => {
		this.#broker.end();
		this.#giveUp(shortFarewellMs);
		this.#last.resolve();
	};

	#giveUp(farewellMs: number): void {
		// "listening" may have come with the same reading: a server that has not heard of it yet would give up its start, and fail
		setImmediate(() => {
			this.#order((orders) => orders.drain(farewellMs));
			// where it has not begun to listen, it never will
			this.#address.reject(new Error("the primary process stops"));
		});
	}

	#send(message: MessageToPrimary, onSent: () => void = () => {}): void {
		if (process.send === undefined || !process.connected) {
			onSent();
		} else {
			process.send(message, undefined, {}, onSent);
		}
	}
}

/** The link of this process, if it is a worker of ours; to the first server that asks for it. */
export function claimWorkerLink(): WorkerLink | undefined {
	const place = process.env[workerVariable];
	if (place === undefined || !isWorker()) {
		return undefined;
	}
	delete process.env[workerVariable];
	return new WorkerLink(place);
}

/** True in a process that `node:cluster` has started, which is asked only where it may be: loading it takes Deno 9 ms. */
export function isWorker(): boolean {
	return process.getBuiltinModule("node:cluster").isWorker;
}

function ignore(): void {}
