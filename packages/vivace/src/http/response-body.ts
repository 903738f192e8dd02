import { SourceBody } from "./chunk-source.ts";
import type { Exchange } from "./exchange.ts";
import type { ResponseBody } from "./response.ts";
import { fileChunks } from "./stored-file.ts";

/** The length of a body in bytes, strings as UTF-8; `undefined` for a stream and for a file that was not looked up. */
export function bodyLengthBytes(body: ResponseBody): number | undefined {
	if (body === null) {
		return 0;
	}
	if (typeof body === "string") {
		return utf8Length(body);
	}
	if (body instanceof Uint8Array) {
		return body.length;
	}
	return "file" in body ? body.file.sizeBytes : undefined;
}

/**
 * A body in pieces, whatever it is; nothing for an empty one.
 *
 * @throws TypeError when it is a stream that was taken before
 */
export function bodyChunks(
	body: ResponseBody,
): AsyncIterable<string | Uint8Array> {
	if (isStreamed(body)) {
		return takeChunks(body);
	}
	if (body === null || typeof body === "string" || body instanceof Uint8Array) {
		return oneChunk(body);
	}
	if ("file" in body) {
		return fileChunks(body.file);
	}
	throw new TypeError(`The file ${body.path} was not looked up.`);
}

/** The iterations that belong to an answer. */
const taken = new WeakSet<object>();

/**
 * The chunks of a body for one answer alone.
 *
 * @throws TypeError when another has them: a generator can be iterated once
 */
export function takeChunks(body: Chunks): Chunks {
	if (body instanceof TakenChunks) {
		return body;
	}
	const iterator = body[Symbol.asyncIterator]();
	if (taken.has(iterator)) {
		throw new TypeError(
			"The body of this Response has been sent; make it anew for each answer, or give a StreamingResponse a function that makes its chunks.",
		);
	}
	taken.add(iterator);
	return new TakenChunks(iterator);
}

type Chunks = AsyncIterable<string | Uint8Array>;

class TakenChunks implements Chunks {
	readonly #iterator: AsyncIterator<string | Uint8Array>;

	constructor(iterator: AsyncIterator<string | Uint8Array>) {
		this.#iterator = iterator;
	}

	[Symbol.asyncIterator](): AsyncIterator<string | Uint8Array> {
		return this.#iterator;
	}
}

/** True when a body comes piece by piece from the program, rather than being at hand or on a disk. */
export function isStreamed(
	body: ResponseBody,
): body is AsyncIterable<string | Uint8Array> {
	return (
		body !== null && typeof body === "object" && Symbol.asyncIterator in body
	);
}

async function* oneChunk(
	body: string | Uint8Array | null,
): AsyncGenerator<string | Uint8Array, void, undefined> {
	if (body !== null && body.length > 0) {
		yield body;
	}
}

// every runtime we serve on has Buffer; the other way is for the rest
const utf8Length: (text: string) => number =
	globalThis.Buffer === undefined
		? (text) => new TextEncoder().encode(text).length
		: globalThis.Buffer.byteLength;

/**
 * Ends a stream that may have been replaced by another body: a web stream that nobody reads would keep its source, another server
 * perhaps. One that was sent has ended, and nothing happens to it.
 */
export async function endUnsent(
	exchange: Exchange,
	body: ResponseBody,
): Promise<void> {
	if (isHeldBody(body)) {
		const ending = {
			return: () =>
				body instanceof SourceBody ? body.endUnread() : body.return?.(),
		};
		await exchange.finishBody(ending).catch(ignore); // whoever reads it is told
	}
}

/** True for a body that may hold something though nobody reads it. */
export function isHeldBody(
	body: ResponseBody,
): body is
	| AsyncIterableIterator<string | Uint8Array>
	| SourceBody<string | Uint8Array> {
	return body instanceof SourceBody
		? typeof body.origin !== "function"
		: isStreamed(body) && "next" in body;
}

function ignore(): void {}
