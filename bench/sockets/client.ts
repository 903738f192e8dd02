import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A client that counts what it gets and looks at nothing of it, so that the server is what is measured. */
export class BenchSocket {
	readonly socket: Socket;
	#wantedBytes = 0;
	#onAll: (() => void) | undefined;

	private constructor(socket: Socket) {
		this.socket = socket;
	}

	/** Opens a socket; fails where the server does not answer with 101. */
	static async open(port: number, path: string): Promise<BenchSocket> {
		const socket = connect({ port, host: "127.0.0.1", noDelay: true });
		socket.on("error", () => {}); // `close` follows
		socket.write(
			`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
		);
		const [head] = (await once(socket, "data")) as [Buffer];
		const text = head.toString("latin1");
		if (
			!text.startsWith("HTTP/1.1 101 ") ||
			text.indexOf("\r\n\r\n") !== head.length - 4
		) {
			throw new Error(`no socket at ${path}: ${text}`);
		}
		const client = new BenchSocket(socket);
		socket.on("data", (chunk: Buffer) => client.#take(chunk.length));
		return client;
	}

	/** Resolves when so many bytes have come. */
	receives(bytes: number): Promise<void> {
		this.#wantedBytes += bytes;
		if (this.#wantedBytes <= 0) {
			return Promise.resolve();
		}
		return new Promise((resolve) => {
			this.#onAll = resolve;
		});
	}

	/** Leaves with a close frame, and waits for the connection's end. */
	async leave(): Promise<void> {
		const closed = once(this.socket, "close");
		this.socket.end(closeFrame);
		await closed;
	}

	#take(bytes: number): void {
		this.#wantedBytes -= bytes;
		if (this.#wantedBytes <= 0) {
			this.#onAll?.();
		}
	}
}

const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** A client's frame with a text, masked. */
export function textFrame(size: number): Buffer {
	return frame(0x81, Buffer.alloc(size, "abcdefgh"));
}

const closeFrame = frame(0x88, Buffer.from([0x03, 0xe8]));

function frame(first: number, payload: Buffer): Buffer {
	const { length } = payload;
	const head =
		length < 126
			? Buffer.from([first, 0x80 | length])
			: Buffer.from([first, 0x80 | 126, length >> 8, length & 255]);
	const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
	return Buffer.concat([head, mask, masked]);
}

/** How many bytes a server's frame with so long a text has. */
export function frameBytes(size: number): number {
	return size + (size < 126 ? 2 : 4);
}
