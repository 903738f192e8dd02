import { BodyTooLargeError } from "./body-too-large-error.ts";

/**
 * Gathers a body that arrives in chunks and refuses it as soon as it is too large. A body that came in one chunk is not copied.
 */
export class BodyCollector {
	readonly #limitBytes: number;
	#first: Uint8Array | undefined;
	#rest: Uint8Array[] | undefined;
	#sizeBytes = 0;

	/**
	 * @param limitBytes the largest body that is taken
	 * @param contentLength the value of the `Content-Length` header, if there is one
	 * @throws BodyTooLargeError when already the announced length is too large
	 */
	constructor(limitBytes: number, contentLength?: string) {
		this.#limitBytes = limitBytes;
		if (contentLength !== undefined && Number(contentLength) > limitBytes) {
			throw new BodyTooLargeError(limitBytes);
		}
	}

	/** @throws BodyTooLargeError when the body is too large with this chunk */
	add(chunk: Uint8Array): void {
		this.#sizeBytes += chunk.length;
		if (this.#sizeBytes > this.#limitBytes) {
			throw new BodyTooLargeError(this.#limitBytes);
		}
		if (this.#first === undefined) {
			this.#first = chunk;
		} else if (this.#rest === undefined) {
			this.#rest = [chunk];
		} else {
			this.#rest.push(chunk);
		}
	}

	/** All that was added. */
	bytes(): Uint8Array {
		const first = this.#first ?? new Uint8Array();
		if (this.#rest === undefined) {
			return first;
		}
		const bytes = new Uint8Array(this.#sizeBytes);
		bytes.set(first);
		let offset = first.length;
		for (const chunk of this.#rest) {
			bytes.set(chunk, offset);
			offset += chunk.length;
		}
		return bytes;
	}
}

/**
 * Reads a body to its end; leaves the iteration at once when it is too large.
 *
 * @throws BodyTooLargeError
 */
export async function collectBody(
	chunks: AsyncIterable<Uint8Array>,
	limitBytes: number,
	contentLength?: string,
): Promise<Uint8Array> {
	const collector = new BodyCollector(limitBytes, contentLength);
	for await (const chunk of chunks) {
		collector.add(chunk);
	}
	return collector.bytes();
}
