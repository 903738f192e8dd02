import type { FileBody } from "./response.ts";

/** A file as it lies on the disk. */
export interface StoredFile {
	readonly path: string;
	readonly sizeBytes: number;
	/** Milliseconds since 1970, with a fraction where the file system keeps one. */
	readonly modifiedMs: number;
}

const chunkBytes = 64 * 1024;

// The only place where floor 1 touches a runtime's module: every runtime that we serve has this one, and it is loaded when the first
// file is sent, so that a runtime without a disk can load and serve everything else.
const fileSystem = () => import("node:fs/promises");

/**
 * Looks a file up.
 *
 * @throws Error when there is none, when it is no regular file (a folder, a pipe) and when we may not read it
 */
export async function lookUpFile(path: string): Promise<StoredFile> {
	const { access, constants, stat } = await fileSystem();
	const stats = await stat(path);
	if (!stats.isFile()) {
		throw new Error(`${path} is not a regular file.`);
	}
	await access(path, constants.R_OK);
	return { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs };
}

/**
 * The bytes of a file body in pieces of 64 KiB, for servers that have no quicker way to send a file.
 *
 * @throws Error when the file has become shorter than was announced
 */
export async function* fileChunks(
	file: FileBody,
): AsyncGenerator<Uint8Array, void, undefined> {
	if (file.sizeBytes === 0) {
		return;
	}
	const { open } = await fileSystem();
	const handle = await open(file.path);
	try {
		let position = file.offset;
		const end = file.offset + file.sizeBytes;
		while (position < end) {
			// a new buffer each time: the one before may still be on its way to the client
			const buffer = new Uint8Array(Math.min(chunkBytes, end - position));
			const { bytesRead } = await handle.read({ buffer, position });
			if (bytesRead === 0) {
				throw new Error(
					`The file ${file.path} ended after ${position} bytes while ${end} were announced.`,
				);
			}
			position += bytesRead;
			yield buffer.subarray(0, bytesRead);
		}
	} finally {
		await handle.close();
	}
}
