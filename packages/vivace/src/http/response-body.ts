import { fileChunks } from "./disk.ts";
import type { ResponseBody } from "./response.ts";

/** The length of a body in bytes, strings as UTF-8; `undefined` for a stream, whose length nobody knows. */
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

/** A body in pieces, whatever it is; nothing for an empty one. Streams can be iterated once. */
export function bodyChunks(
	body: ResponseBody,
): AsyncIterable<string | Uint8Array> {
	if (isStreamed(body)) {
		return body;
	}
	if (body !== null && typeof body === "object" && "file" in body) {
		return fileChunks(body.file);
	}
	return oneChunk(body);
}

/**
 * Finishes a body that will not be sent (an answer to HEAD, a client that is gone), so that a generator behind it ends. Resolves
 * when that is done; nothing happens for other bodies.
 */
export async function cancelBody(body: ResponseBody): Promise<void> {
	if (isStreamed(body)) {
		await body[Symbol.asyncIterator]().return?.();
	}
}

/** Whether a body comes piece by piece from the program, rather than being at hand or on a disk. */
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
