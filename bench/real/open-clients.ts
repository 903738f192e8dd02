import { connect, type Socket } from "node:net";

/** Clients that have got the beginning of an answer, and wait. */
export class OpenClients {
	readonly #sockets: readonly Socket[];

	private constructor(sockets: readonly Socket[]) {
		this.#sockets = sockets;
	}

	/** Resolves when all of them have got something. */
	static async open(
		port: number,
		path: string,
		count: number,
	): Promise<OpenClients> {
		const sockets: Socket[] = [];
		// one after the other: a crowd would wait for its connections
		for (let index = 0; index < count; index += 1) {
			sockets.push(await answered(port, path));
		}
		return new OpenClients(sockets);
	}

	close(): void {
		for (const socket of this.#sockets) {
			socket.destroy();
		}
	}
}

function answered(port: number, path: string): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, "127.0.0.1");
		socket.once("error", reject);
		socket.once("data", () => {
			socket.resume();
			resolve(socket);
		});
		socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
	});
}
