import type { FileHandle } from "node:fs/promises";

/** How much is read at once, in bytes. */
const pieceBytes = 256 * 1024;

/** A piece of an open file, in its own pieces. @throws Error when the file is shorter than it was */
export async function* readPieces(
	handle: FileHandle,
	start: number,
	end: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
	for (let at = start; at < end; ) {
		const piece = new Uint8Array(Math.min(pieceBytes, end - at));
		const { bytesRead } = await handle.read(piece, 0, piece.length, at);
		if (bytesRead === 0) {
			throw new Error("the temporary file of an upload was cut off");
		}
		at += bytesRead;
		yield piece.subarray(0, bytesRead);
	}
}

/**
 * A file on disk as a `Blob`, for Deno: its `openAsBlob` reads the whole file into memory, but it asks a `Blob` for its stream wherever
 * one is read. The others read theirs behind its back.
 */
export class DiskBlob extends Blob {
	readonly #handle: FileHandle;
	readonly #start: number;
	readonly #end: number;

	constructor(handle: FileHandle, start: number, end: number, type = "") {
		super([], { type });
		this.#handle = handle;
		this.#start = start;
		this.#end = end;
	}

	override get size(): number {
		return this.#end - this.#start;
	}

	override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
		return ReadableStream.from(
			readPieces(this.#handle, this.#start, this.#end),
		);
	}

	override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
		const bytes = new Uint8Array(this.size);
		let at = 0;
		for await (const piece of readPieces(
			this.#handle,
			this.#start,
			this.#end,
		)) {
			bytes.set(piece, at);
			at += piece.length;
		}
		return bytes;
	}

	override async arrayBuffer(): Promise<ArrayBuffer> {
		return (await this.bytes()).buffer;
	}

	override async text(): Promise<string> {
		return new TextDecoder().decode(await this.bytes());
	}

	override slice(start = 0, end: number = this.size, type = ""): Blob {
		const from = this.#start + within(start, this.size);
		const to = this.#start + within(end, this.size);
		return new DiskBlob(this.#handle, from, Math.max(from, to), type);
	}
}

/** A place as `slice` counts: a negative one from the end. */
function within(place: number, size: number): number {
	return place < 0 ? Math.max(0, size + place) : Math.min(place, size);
}
