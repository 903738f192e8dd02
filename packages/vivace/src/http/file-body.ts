import type { FileHandle } from "node:fs/promises";
import type { FileBody } from "./response.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * The bytes of a file body in pieces of 64 KiB, for servers that have no quicker way to send a file.
 *
 * @throws Error when the file has become shorter than was announced
 */
export async function* fileChunks(
	file: FileBody,
): AsyncGenerator<Uint8Array, void, undefined> {
	if (file.sizeBytes === 0) return;
	// loaded when a file is sent: a runtime without a disk can load everything else
	const { open } = await import("node:fs/promises");
	const handle = await open(file.path);
	try {
		yield* readRange(handle, file);
	} finally {
		await handle.close();
	}
}

async function* readRange(
	handle: FileHandle,
	file: FileBody,
): AsyncGenerator<Uint8Array, void, undefined> {
	let position = file.offset;
	const end = file.offset + file.sizeBytes;
	while (position < end) {
		// a new buffer each time: the one before may still be on its way to the client
		const buffer = new Uint8Array(Math.min(CHUNK_BYTES, end - position));
		const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
		if (bytesRead === 0) {
			throw new Error(
				`The file ${file.path} ended after ${position} bytes while ${end} were announced.`,
			);
		}
		position += bytesRead;
		yield buffer.subarray(0, bytesRead);
	}
}
