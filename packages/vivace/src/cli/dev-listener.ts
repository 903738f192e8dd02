import { once } from "node:events";
import {
	type AddressInfo,
	createServer,
	type Server,
	type Socket,
} from "node:net";

/** Takes a connection. */
export type ConnectionTarget = (socket: Socket) => void;

/**
 * A listening socket that outlives the programs behind it. Connections for which there is no program yet are kept until there is one.
 */
export class DevListener {
	readonly #server: Server;
	readonly #held = new Set<Socket>();
	#target: ConnectionTarget | undefined;

	private constructor() {
		// nothing is read here: the bytes are for the process that gets the connection
		this.#server = createServer(
			{ pauseOnConnect: true, noDelay: true },
			(socket) => this.#route(socket),
		);
	}

	/** Resolves when it listens; rejects with the operating system's error. */
	static async open(
		host: string,
		port: number,
		backlog: number,
	): Promise<DevListener> {
		const listener = new DevListener();
		listener.#server.listen({ host, port, backlog });
		await once(listener.#server, "listening");
		return listener;
	}

	get address(): AddressInfo {
		return this.#server.address() as AddressInfo; // it listens on a port, not a path
	}

	/** Says where connections go from now on, also those that are kept; `undefined` keeps them. */
	giveTo(target: ConnectionTarget | undefined): void {
		this.#target = target;
		if (target === undefined) {
			return;
		}
		for (const socket of this.#held) {
			socket.removeAllListeners();
			target(socket);
		}
		this.#held.clear();
	}

	/** Stops listening; connections that are kept are closed. */
	close(): void {
		this.#server.close();
		for (const socket of this.#held) {
			socket.destroy();
		}
	}

	#route(socket: Socket): void {
		if (this.#target !== undefined) {
			this.#target(socket);
			return;
		}
		this.#held.add(socket);
		socket.on("error", () => {}); // followed by `close`
		socket.on("close", () => this.#held.delete(socket));
	}
}
