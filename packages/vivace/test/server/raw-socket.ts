import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A frame as it stands on the wire, RFC 6455 §5.2. */
export interface Frame {
	/** First byte: FIN, the reserved bits and the opcode. */
	readonly head: number;
	readonly payload: Buffer;
}

/** The parts of a client's frame; each can be wrong. */
export interface FrameOptions {
	/** Default: true. */
	readonly isFinal?: boolean;
	/** 0 to 7. Default: 0. */
	readonly reserved?: number;
	/** Default: true. */
	readonly isMasked?: boolean;
	/** The length that the frame says, if not its payload's. */
	readonly saysBytes?: number;
}

export const text = 1;
export const binary = 2;
export const continuation = 0;
export const closing = 8;
export const ping = 9;
export const pong = 10;

/** The bytes of a client's frame. */
export function frame(
	opcode: number,
	content: string | Uint8Array = "",
	{
		isFinal = true,
		reserved = 0,
		isMasked = true,
		saysBytes,
	}: FrameOptions = {},
): Buffer {
	const payload = Buffer.from(content as string);
	const size = saysBytes ?? payload.length;
	const mask = isMasked ? 0x80 : 0;
	const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
	head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
	if (size < 126) {
		head[1] = mask | size;
	} else if (size < 65_536) {
		head[1] = mask | 126;
		head.writeUInt16BE(size, 2);
	} else {
		head[1] = mask | 127;
		head.writeBigUInt64BE(BigInt(size), 2);
	}
	if (!isMasked) {
		return Buffer.concat([head, payload]);
	}
	const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
	const masked = payload.map((byte, index) => byte ^ (key[index % 4] ?? 0));
	return Buffer.concat([head, key, masked]);
}

/** The payload of a close frame. */
export function closePayload(
	code: number,
	reason: string | Buffer = "",
): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16BE(code);
	return Buffer.concat([bytes, Buffer.from(reason as string)]);
}

/** The lines of a right handshake, RFC 6455 §1.2, without the blank one. */
export const handshake: readonly string[] = [
	"host: test",
	"connection: Upgrade",
	"upgrade: websocket",
	"sec-websocket-version: 13",
	"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** A client of a socket that says exactly what is sent, and sees exactly what comes. */
export class RawSocket implements AsyncDisposable {
	readonly socket: Socket;
	/** The answer to the handshake. */
	head = "";
	/** True when nothing more comes. */
	isClosed = false;
	#received: Buffer = Buffer.alloc(0);

	/** The connection of the last client, whose handshake may not have been answered yet. */
	static last: Socket | undefined;

	private constructor(socket: Socket) {
		this.socket = socket;
		RawSocket.last = socket;
		socket.on("data", (chunk: Buffer) => {
			this.#received = Buffer.concat([this.#received, chunk]);
		});
		for (const event of ["end", "close"]) {
			socket.on(event, () => {
				this.isClosed = true;
			});
		}
		socket.on("error", () => {}); // `close` follows
	}

	/**
	 * Sends a handshake and reads its answer, whichever.
	 * @param early what is sent behind it at once
	 */
	static async open(
		port: number,
		path: string,
		lines: readonly string[] = handshake,
		method = "GET",
		early: Uint8Array = Buffer.alloc(0),
	): Promise<RawSocket> {
		const client = new RawSocket(connect(port, "127.0.0.1"));
		await once(client.socket, "connect");
		client.socket.write(
			Buffer.concat([
				Buffer.from(
					[`${method} ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"),
				),
				early,
			]),
		);
		const end = await client.#until(() => client.#received.indexOf("\r\n\r\n"));
		if (end === -1) {
			throw new Error(`closed without an answer: ${client.#received}`);
		}
		client.head = client.#received.toString("latin1", 0, end);
		client.#received = client.#received.subarray(end + 4);
		return client;
	}

	get status(): number {
		return Number(this.head.slice(9, 12));
	}

	/** The body of an answer that is no 101, as long as its head says. */
	async body(): Promise<string> {
		const [, length] = /\r\ncontent-length: (\d+)/i.exec(this.head) ?? [];
		const size = Number(length);
		await this.#until(() => (this.#received.length >= size ? size : -1));
		return this.#received.toString("utf8", 0, size);
	}

	/** All that comes until the connection is closed, as text. */
	async rest(): Promise<string> {
		await this.#until(() => -1);
		return this.#received.toString();
	}

	send(...frames: readonly Uint8Array[]): void {
		this.socket.write(Buffer.concat(frames));
	}

	/** The next frame; `undefined` when the connection is closed. */
	async next(): Promise<Frame | undefined> {
		const size = await this.#until(() => this.#frameBytes());
		if (size === -1) {
			return undefined;
		}
		const whole = this.#received.subarray(0, size);
		this.#received = this.#received.subarray(size);
		const length = (whole[1] ?? 0) & 0x7f;
		const begin = length === 127 ? 10 : length === 126 ? 4 : 2;
		return { head: whole[0] ?? 0, payload: whole.subarray(begin) };
	}

	/** The next text; fails for another frame. */
	async nextText(): Promise<string> {
		const next = await this.next();
		if (next?.head !== (0x80 | text)) {
			throw new Error(`expected a text, got ${JSON.stringify(next)}`);
		}
		return next.payload.toString();
	}

	/** The code of the close frame that comes next, 1005 for none in it; 1006 when the connection is closed without one. */
	async closeCode(): Promise<number> {
		for (;;) {
			const next = await this.next();
			if (next === undefined) {
				return 1006;
			}
			if ((next.head & 0xf) === closing) {
				return next.payload.length < 2 ? 1005 : next.payload.readUInt16BE(0);
			}
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.socket.destroy();
		if (!this.socket.closed) {
			await once(this.socket, "close");
		}
	}

	/** The size of the first frame, if it is there. */
	#frameBytes(): number {
		const bytes = this.#received;
		if (bytes.length < 2) {
			return -1;
		}
		const length = (bytes[1] ?? 0) & 0x7f;
		if (length < 126) {
			return bytes.length >= 2 + length ? 2 + length : -1;
		}
		const begin = length === 126 ? 4 : 10;
		if (bytes.length < begin) {
			return -1;
		}
		const size =
			length === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
		return bytes.length >= begin + size ? begin + size : -1;
	}

	/** Waits until something is found, or nothing more comes. */
	async #until(find: () => number): Promise<number> {
		for (;;) {
			const found = find();
			if (found !== -1 || this.isClosed) {
				return found;
			}
			const done = new AbortController();
			await Promise.race(
				["data", "end", "close"].map((event) =>
					once(this.socket, event, { signal: done.signal }).catch(() => {}),
				),
			);
			done.abort();
		}
	}
}
