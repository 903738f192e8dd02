import { OpenFile } from "./open-file.ts";

/** A file as it lies on the disk. */
export interface StoredFile {
	readonly path: string;
	readonly sizeBytes: number;
	/** Milliseconds since 1970, with a fraction where the file system keeps one. */
	readonly modifiedMs: number;
	/** Its bytes are read from here, so that they are those of this file also when another takes its name meanwhile. */
	readonly handle?: OpenFile | undefined;
	/** All of its bytes, where they are at hand. */
	readonly content?: Uint8Array | undefined;
}

/** A file to be looked up when the answer leaves; what a file response carries. */
export interface FileSource {
	readonly path: string;
	/** The name whose ending says the media type. */
	readonly namedLike: string;
	/** The file, where it has been looked up. */
	readonly stored?: StoredFile | undefined;
}

/** A part of a file that was looked up; servers send it from the disk. */
export interface FileBody {
	readonly path: string;
	/** First byte to send. */
	readonly offset: number;
	readonly sizeBytes: number;
	/** Where it is read from; without one the file is opened when the first byte is asked for. */
	readonly handle?: OpenFile | undefined;
}

const chunkBytes = 64 * 1024;

const fileSystem = () => import("node:fs/promises"); // as of an `OpenFile`

/**
 * Opens a file for reading; whoever gets it closes its handle.
 *
 * @throws Error when there is none, when it is no regular file (a folder, a pipe) and when we may not read it
 */
export async function openFile(
	path: string,
): Promise<StoredFile & { readonly handle: OpenFile }> {
	const handle = await OpenFile.open(path);
	try {
		const stats = await handle.stat();
		assertRegular(path, stats);
		return {
			path,
			sizeBytes: stats.size,
			modifiedMs: stats.mtimeMs,
			handle,
		};
	} catch (error) {
		await handle.close();
		throw error;
	}
}

/**
 * Looks a file up that is not to be read.
 *
 * @throws Error as {@link openFile}
 */
export async function lookUpFile(path: string): Promise<StoredFile> {
	const { access, constants, stat } = await fileSystem();
	const stats = await stat(path);
	assertRegular(path, stats);
	await access(path, constants.R_OK);
	return { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs };
}

function assertRegular(path: string, stats: { isFile(): boolean }): void {
	if (!stats.isFile()) {
		throw new Error(`${path} is not a regular file.`);
	}
}

/**
 * The bytes of a file body in pieces, read ahead by one: the next is being read while the client takes this one.
 *
 * @param pieceBytes their length. Default: 64 KiB
 * @throws Error when the file has become shorter than was announced
 */
export async function* fileChunks(
	file: FileBody,
	pieceBytes: number = chunkBytes,
): AsyncGenerator<Uint8Array, void, undefined> {
	if (file.sizeBytes === 0) {
		return;
	}
	const isOpen = file.handle?.isOpen === true;
	const handle = isOpen ? file.handle : await OpenFile.open(file.path);
	const end = file.offset + file.sizeBytes;
	let position = file.offset;
	let next = readPiece(handle, position, Math.min(pieceBytes, end - position));
	try {
		while (position < end) {
			const piece = await next;
			if (piece.length === 0) {
				throw new Error(
					`The file ${file.path} ended after ${position} bytes while ${end} were announced.`,
				);
			}
			position += piece.length;
			if (position < end) {
				const length = Math.min(pieceBytes, end - position);
				next = readPiece(handle, position, length);
				next.catch(ignore); // nobody may ask for it any more
			}
			yield piece;
		}
	} finally {
		if (!isOpen) {
			await handle.close();
		}
	}
}

async function readPiece(
	handle: OpenFile,
	position: number,
	length: number,
): Promise<Uint8Array> {
	// a new one each time: the one before may still be on its way to the client
	const buffer = newBuffer(length);
	const bytesRead = await handle.read(buffer, position);
	return bytesRead === length ? buffer : buffer.subarray(0, bytesRead);
}

// buffers that are read into need not be zero before: a third of the CPU time of a file of 1 MiB
const newBuffer: (length: number) => Uint8Array =
	globalThis.Buffer === undefined
		? (length) => new Uint8Array(length)
		: globalThis.Buffer.allocUnsafeSlow;

function ignore(): void {}
