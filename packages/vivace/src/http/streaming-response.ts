import {
	type AnyChunkSource,
	isChunkSource,
	iterateSource,
	SourceBody,
	type SourceIterator,
} from "./chunk-source.ts";
import { Response, type ResponseOptions } from "./response.ts";

/**
 * An answer that is sent piece by piece. The next piece is asked for when the client has taken the one before; a client that goes
 * away ends the iteration (a generator's `finally` runs).
 *
 * A generator or a stream can be sent once; a response that is returned again takes a function, which is called for each answer.
 *
 * @throws TypeError when `content` can't be iterated, or is one piece of text or bytes itself
 * @example
 * ```ts
 * import { StreamingResponse } from "vivace";
 *
 * async function* countdown() {
 *   for (let count = 3; count > 0; count--) yield `${count}\n`;
 * }
 * const answer = new StreamingResponse(countdown(), { mediaType: "text/plain" });
 * ```
 * @see FastAPI, "Stream Data"
 */
export class StreamingResponse extends Response {
	constructor(
		content: AnyChunkSource<string | Uint8Array>,
		options?: ResponseOptions,
	) {
		if (typeof content !== "function" && !isChunkSource(content)) {
			throw new TypeError(
				`A StreamingResponse takes an iterable, an async iterable or a ReadableStream of strings and bytes, or a function that makes one, but got ${
					content === null ? "null" : typeof content
				}; for one piece use Response.`,
			);
		}
		const name = new.target.name || "StreamingResponse";
		super(new CheckedBody(content, name), options);
	}
}

class CheckedBody extends SourceBody<string | Uint8Array> {
	readonly #content: AnyChunkSource<string | Uint8Array>;
	readonly #name: string;

	constructor(content: AnyChunkSource<string | Uint8Array>, name: string) {
		super(content);
		this.#content = content;
		this.#name = name;
	}

	[Symbol.asyncIterator](): AsyncIterator<string | Uint8Array> {
		return new CheckedChunks(iterateSource(this.#content, this.#name));
	}
}

/** The chunks of a source, checked. */
class CheckedChunks implements AsyncIterableIterator<string | Uint8Array> {
	readonly #source: SourceIterator<string | Uint8Array>;

	constructor(source: SourceIterator<string | Uint8Array>) {
		this.#source = source;
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async next(): Promise<IteratorResult<string | Uint8Array, undefined>> {
		const result = await this.#source.next();
		if (result.done === true || isChunk(result.value)) {
			return result;
		}
		// whoever iterates does not call return() after an error
		await this.#source.return();
		throw new TypeError(
			`A StreamingResponse sends strings and bytes (Uint8Array), but its source gave ${typeof result.value}.`,
		);
	}

	async return(): Promise<IteratorResult<string | Uint8Array, undefined>> {
		await this.#source.return();
		return { done: true, value: undefined };
	}
}

function isChunk(value: unknown): boolean {
	return typeof value === "string" || value instanceof Uint8Array;
}
