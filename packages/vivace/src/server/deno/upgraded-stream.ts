import { Duplex } from "node:stream";
import type { DenoConnection } from "./deno-runtime.ts";

/** How much is read at once: little where little comes, since each connection that waits for something holds room for it. */
const smallBytes = 4096;
const largeBytes = 65_536;

/** How long nothing may have come for a connection to be closed whose client has to learn why. */
const quietMs = 50;

/** A bare connection of Deno as a stream of Node, which reads only when somebody wants more. */
export class UpgradedStream extends Duplex {
	/** Called when all that was written has left. */
	onFlushed: (() => void) | undefined;
	/** True when what the client still sends is to be taken before the connection closes: unread it would have the system discard what was sent. */
	isRefusing = false;
	readonly #connection: DenoConnection;
	#room = new Uint8Array(smallBytes);
	#isReading = false;
	#hasEnded = false;
	#readCount = 0;

	constructor(connection: DenoConnection) {
		super({ allowHalfOpen: true });
		this.#connection = connection;
	}

	override _read(): void {
		if (!this.#isReading && !this.#hasEnded) {
			this.#isReading = true;
			void this.#take();
		}
	}

	async #take(): Promise<void> {
		try {
			const room = this.#room;
			const count = await this.#connection.read(room);
			this.#isReading = false;
			this.#readCount++;
			if (count === null) {
				this.#hasEnded = true;
				this.push(null);
				return;
			}
			const bytes = room.slice(0, count);
			const sizeBytes =
				count === room.length
					? largeBytes
					: count <= smallBytes
						? smallBytes
						: room.length;
			if (sizeBytes !== room.length) {
				this.#room = new Uint8Array(sizeBytes);
			}
			this.push(bytes);
		} catch (error) {
			this.destroy(error as Error);
		}
	}

	override _write(
		chunk: Uint8Array,
		_: string,
		done: (error?: Error) => void,
	): void {
		void this.#give(chunk, done);
	}

	override _writev(
		chunks: readonly { readonly chunk: Uint8Array }[],
		done: (error?: Error) => void,
	): void {
		void this.#give(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
	}

	async #give(bytes: Uint8Array, done: (error?: Error) => void): Promise<void> {
		try {
			let rest = bytes;
			while (rest.length > 0) {
				const count = await this.#connection.write(rest);
				rest = rest.subarray(count);
			}
		} catch (error) {
			done(error as Error);
			return;
		}
		done();
		if (this.writableLength === 0) {
			this.onFlushed?.();
		}
	}

	/** Such a connection can't be closed for one direction alone. */
	override _final(done: (error?: Error) => void): void {
		if (this.isRefusing) {
			this.#whenQuiet(done);
		} else {
			done();
			this.destroy();
		}
	}

	#whenQuiet(done: (error?: Error) => void): void {
		const before = this.#readCount;
		this.resume();
		setTimeout(() => {
			if (this.#hasEnded || this.destroyed || this.#readCount === before) {
				done();
				this.destroy();
			} else {
				this.#whenQuiet(done);
			}
		}, quietMs);
	}

	override _destroy(
		error: Error | null,
		done: (error?: Error | null) => void,
	): void {
		this.#hasEnded = true;
		try {
			this.#connection.close();
		} catch {
			// it is closed
		}
		done(error);
	}
}
