import { constants, createGzip, type Gzip } from "node:zlib";

/**
 * A stream of chunks, compressed; can be iterated once. What comes of a chunk can be read as soon as the chunk was there, and the next one
 * is asked for only then.
 *
 * Not a generator, because leaving it must end the source also while a chunk is being waited for, or when nothing was read at all.
 */
export class GzipChunks
	implements AsyncIterableIterator<Uint8Array, undefined>
{
	readonly #source: AsyncIterator<string | Uint8Array>;
	readonly #level: number;
	readonly #pieces: Uint8Array[] = [];
	#gzip: Gzip | undefined;
	#hasEnded = false;

	/** @param level from 1 (fast) to 9 (small) */
	constructor(chunks: AsyncIterable<string | Uint8Array>, level: number) {
		this.#source = chunks[Symbol.asyncIterator]();
		this.#level = level;
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async next(): Promise<IteratorResult<Uint8Array, undefined>> {
		try {
			while (this.#pieces.length === 0 && !this.#hasEnded) {
				await this.#pump();
			}
		} catch (error) {
			this.#close();
			throw error;
		}
		const value = this.#pieces.shift();
		return value === undefined
			? { done: true, value: undefined }
			: { done: false, value };
	}

	async return(): Promise<IteratorResult<Uint8Array, undefined>> {
		this.#close();
		await this.#source.return?.();
		return { done: true, value: undefined };
	}

	/** Compresses one chunk of the source, or its end. */
	async #pump(): Promise<void> {
		const result = await this.#source.next();
		if (this.#hasEnded) {
			return; // left in the meantime
		}
		this.#gzip ??= this.#open();
		if (result.done === true) {
			await end(this.#gzip);
		} else if (result.value.length > 0) {
			await write(this.#gzip, result.value);
		}
		this.#hasEnded ||= result.done === true;
	}

	#open(): Gzip {
		const gzip = createGzip({
			level: this.#level,
			flush: constants.Z_SYNC_FLUSH,
		});
		gzip.on("data", (piece: Uint8Array) => this.#pieces.push(piece));
		// the callback of `write` hears of an error as well; without a listener it would end the process
		gzip.on("error", () => {});
		return gzip;
	}

	#close(): void {
		this.#hasEnded = true;
		this.#pieces.length = 0;
		this.#gzip?.destroy();
	}
}

function write(gzip: Gzip, chunk: string | Uint8Array): Promise<void> {
	return new Promise((resolve, reject) => {
		gzip.write(chunk, (error) => (error ? reject(error) : resolve()));
	});
}

function end(gzip: Gzip): Promise<void> {
	return new Promise((resolve, reject) => {
		gzip.once("end", resolve).once("error", reject).end();
	});
}
