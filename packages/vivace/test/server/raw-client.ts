import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection on which a test says exactly what is sent, and sees exactly what comes. */
export class RawClient implements AsyncDisposable {
	readonly socket: Socket;
	received = "";
	/** Resolves when the connection is closed, to the error's code if there was one. */
	readonly closed: Promise<string | undefined>;
	#hasEnded = false;

	private constructor(socket: Socket) {
		this.socket = socket;
		socket.setEncoding("latin1");
		socket.on("data", (chunk: string) => {
			this.received += chunk;
		});
		this.closed = new Promise((resolve) => {
			let code: string | undefined;
			socket.on("error", (error: NodeJS.ErrnoException) => {
				code = error.code;
			});
			socket.on("end", () => {
				this.#hasEnded = true;
			});
			socket.on("close", () => {
				this.#hasEnded = true;
				resolve(code);
			});
		});
	}

	static async open(port: number): Promise<RawClient> {
		const client = new RawClient(connect(port, "127.0.0.1"));
		await once(client.socket, "connect");
		return client;
	}

	send(...lines: readonly string[]): void {
		this.socket.write(lines.join("\r\n"));
	}

	/** Sends a request without a body. */
	request(target: string, ...headers: readonly string[]): void {
		this.send(`GET ${target} HTTP/1.1`, "host: test", ...headers, "", "");
	}

	/** Resolves when what was received contains `part`; rejects when the connection ends without. */
	async receive(part: string | RegExp): Promise<string> {
		const has = () =>
			typeof part === "string"
				? this.received.includes(part)
				: part.test(this.received);
		while (!has()) {
			if (this.#hasEnded) {
				throw new Error(`closed without ${part}: ${this.received}`);
			}
			await Promise.race([once(this.socket, "data"), this.closed]);
		}
		return this.received;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.socket.destroy();
		await this.closed;
	}
}
