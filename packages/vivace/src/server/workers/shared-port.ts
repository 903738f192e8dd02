import type { Server, Socket } from "node:net";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { ListenPlace } from "../lifecycle/listen-place.ts";
import type { ServerLog } from "../lifecycle/serve-options.ts";
import type {
	ConnectionTaker,
	WorkersPort,
} from "../lifecycle/workers-port.ts";
import { ListeningSocket } from "../node/listening-socket.ts";

const { createServer } = process.getBuiltinModule("node:net");

/**
 * The port of all workers: accepts connections and hands each to a worker, in turn. It stays open when workers come and go; while there
 * is none that can take a connection, connections wait.
 */
export class SharedPort implements WorkersPort {
	readonly #log: ServerLog;
	readonly #backlog: number;
	readonly #server: Server;
	/** Accepted and not handed over yet; the first has waited longest. */
	readonly #waiting: Socket[] = [];
	readonly #takers = new Set<ConnectionTaker>();
	/** Those that can take a connection now; the first has waited longest. */
	readonly #free = new Set<ConnectionTaker>();
	#socket: ListeningSocket | undefined;
	#acceptedCount = 0;
	#handingCount = 0;
	#onHandedOut: (() => void) | undefined;

	constructor(backlog: number, log: ServerLog) {
		this.#backlog = backlog;
		this.#log = log;
		this.#server = createServer(
			// whoever gets a connection reads it from its first byte on
			{ pauseOnConnect: true, noDelay: true, allowHalfOpen: true },
			(socket) => this.#accept(socket),
		);
	}

	descriptorFor(): undefined {}

	listen(place: ListenPlace): Promise<ListenAddress> {
		this.#socket = new ListeningSocket(this.#server, place);
		return this.#socket.open(this.#backlog, this.#log);
	}

	add(taker: ConnectionTaker): void {
		this.#takers.add(taker);
		this.#free.add(taker);
		this.#handOut();
	}

	remove(taker: ConnectionTaker): void {
		this.#takers.delete(taker);
		this.#free.delete(taker);
	}

	async close(hurry: AbortSignal): Promise<void> {
		await this.#socket?.acceptWaiting(() => this.#acceptedCount, hurry);
		this.#server.close();
		if (this.#takers.size === 0 || hurry.aborted) {
			this.#cutWaiting();
		}
		if (this.#waiting.length + this.#handingCount === 0) {
			return;
		}
		await new Promise<void>((resolve) => {
			this.#onHandedOut = resolve;
			hurry.addEventListener("abort", () => {
				this.#cutWaiting();
				resolve();
			});
		});
	}

	#accept(socket: Socket): void {
		this.#acceptedCount++;
		socket.on("error", () => {}); // its client is gone; the worker will see it
		if (this.#waiting.length >= this.#backlog) {
			socket.destroy();
		} else {
			this.#waiting.push(socket);
		}
		this.#handOut();
	}

	#handOut(): void {
		for (const taker of this.#free) {
			const socket = this.#waiting.shift();
			if (socket === undefined) {
				return;
			}
			this.#free.delete(taker);
			void this.#hand(socket, taker);
		}
	}

	async #hand(socket: Socket, taker: ConnectionTaker): Promise<void> {
		this.#handingCount++;
		const hasArrived = await taker.hand(socket);
		this.#handingCount--;
		if (hasArrived) {
			socket.destroy(); // this process's copy
			if (this.#takers.has(taker)) {
				this.#free.add(taker);
			}
		} else {
			this.remove(taker);
			this.#waiting.unshift(socket);
		}
		if (this.#onHandedOut !== undefined && this.#takers.size === 0) {
			this.#cutWaiting();
		}
		this.#handOut();
		if (this.#waiting.length + this.#handingCount === 0) {
			this.#onHandedOut?.();
		}
	}

	#cutWaiting(): void {
		for (const socket of this.#waiting.splice(0)) {
			socket.destroy();
		}
	}
}
