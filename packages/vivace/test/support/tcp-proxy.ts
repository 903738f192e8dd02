import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A network between a client and a server of a test that can stall (it still acknowledges, but nothing arrives any longer) or be cut. */
export class TcpProxy implements AsyncDisposable {
	readonly #server: Server;
	#target: number;
	readonly #sockets = new Set<Socket>();
	#isStalled = false;
	#isCut = false;

	private constructor(target: number) {
		this.#target = target;
		this.#server = createServer((client) => this.#join(client));
	}

	/** Listens on a free port of 127.0.0.1 and forwards to `target` there. */
	static async start(target: number): Promise<TcpProxy> {
		const proxy = new TcpProxy(target);
		proxy.#server.listen(0, "127.0.0.1");
		await once(proxy.#server, "listening");
		return proxy;
	}

	get port(): number {
		const address = this.#server.address();
		if (typeof address === "object" && address) {
			return address.port;
		}
		throw new Error("the proxy does not listen");
	}

	/** Holds every byte back, in both directions, on the connections that are there and on new ones. */
	stall(): void {
		this.#isStalled = true;
		for (const socket of this.#sockets) {
			socket.pause();
		}
	}

	/** Breaks the connections that are there, and each new one at once. */
	cut(): void {
		this.#isCut = true;
		for (const socket of this.#sockets) {
			socket.destroy();
		}
	}

	/** Lets the bytes flow again; those that were held back arrive. */
	heal(): void {
		this.#isStalled = false;
		this.#isCut = false;
		for (const socket of this.#sockets) {
			socket.resume();
		}
	}

	/** Leads new connections elsewhere; those that are there stay. */
	redirect(target: number): void {
		this.#target = target;
	}

	/** Forgets the connections that are there, as a firewall does that dropped them for being idle: neither side is told. */
	forget(): void {
		for (const socket of this.#sockets) {
			socket.pause();
			socket.removeAllListeners("data");
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const socket of this.#sockets) {
			socket.destroy();
		}
		this.#server.close();
		await once(this.#server, "close");
	}

	#join(client: Socket): void {
		if (this.#isCut) {
			client.destroy();
			return;
		}
		const upstream = connect(this.#target, "127.0.0.1");
		this.#forward(client, upstream);
		this.#forward(upstream, client);
	}

	#forward(from: Socket, to: Socket): void {
		this.#sockets.add(from);
		from.on("data", (bytes) => to.write(bytes));
		from.on("end", () => to.end());
		from.on("error", () => to.destroy());
		from.on("close", () => {
			this.#sockets.delete(from);
			to.destroy();
		});
		if (this.#isStalled) {
			from.pause();
		}
	}
}
