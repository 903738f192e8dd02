import {
	keepingFailed,
	openTemporaryFile,
	type TemporaryFile,
} from "./temporary-file.ts";

/** How much of one file is kept in memory, in bytes, as in Starlette. */
export const memoryBytes: number = 1024 * 1024;

/** How much is gathered before it is written, in bytes. */
const batchBytes = 256 * 1024;

/** All files of one form that lie on disk, and the end of them all. */
export class UploadStore {
	readonly #files: TemporaryFile[] = [];
	#isClosed = false;

	/** True when the request is over: its files are gone. */
	get isClosed(): boolean {
		return this.#isClosed;
	}

	async open(): Promise<TemporaryFile> {
		const file = await openTemporaryFile();
		this.#files.push(file);
		if (this.#isClosed) {
			await this.close();
			throw new TypeError("the request was over before its form was read");
		}
		return file;
	}

	/** Closes the files, which takes them off the disk. */
	async close(): Promise<void> {
		this.#isClosed = true;
		for (const file of this.#files.splice(0)) {
			await file.close();
		}
	}
}

/** Takes the content of one file: in memory as long as it is small, then on disk. */
export class Spool {
	readonly #store: UploadStore;
	#chunks: Uint8Array[] = [];
	#gathered = 0;
	#file: TemporaryFile | undefined;
	#sizeBytes = 0;

	constructor(store: UploadStore) {
		this.#store = store;
	}

	get sizeBytes(): number {
		return this.#sizeBytes;
	}

	/** The first bytes, or all of them, where they are in memory. */
	get chunks(): readonly Uint8Array[] {
		return this.#chunks;
	}

	/** Where the content lies; `undefined` where it is in memory. */
	get file(): TemporaryFile | undefined {
		return this.#file;
	}

	/** @returns a promise where something must be written first */
	add(chunk: Uint8Array): Promise<void> | undefined {
		this.#sizeBytes += chunk.length;
		this.#gathered += chunk.length;
		this.#chunks.push(chunk);
		const limit = this.#file === undefined ? memoryBytes : batchBytes;
		return this.#gathered > limit ? this.#write() : undefined;
	}

	/** @returns a promise where something is left to be written */
	finish(): Promise<void> | undefined {
		return this.#file !== undefined && this.#gathered > 0
			? this.#write()
			: undefined;
	}

	async #write(): Promise<void> {
		const chunks = this.#chunks;
		this.#chunks = [];
		this.#gathered = 0;
		this.#file ??= await this.#store.open();
		await writeAll(this.#file, chunks);
	}
}

async function writeAll(
	{ handle, folder }: TemporaryFile,
	chunks: Uint8Array[],
): Promise<void> {
	const expected = chunks.reduce((sum, { length }) => sum + length, 0);
	try {
		const { bytesWritten } = await handle.writev(chunks);
		// a disk that is nearly full takes a part, and refuses the rest
		if (bytesWritten < expected) {
			await handle.appendFile(Buffer.concat(chunks).subarray(bytesWritten));
		}
	} catch (cause) {
		throw keepingFailed(folder, cause);
	}
}
