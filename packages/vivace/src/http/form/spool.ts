import {
	keepingFailed,
	openTemporaryFile,
	type TemporaryFile,
} from "./temporary-file.ts";

/** How much of one file is kept in memory, in bytes, as in Starlette. */
const memoryBytes = 1024 * 1024;

/** How much of all files of one form is, in bytes: beyond it small ones lie on disk too, so that many of them don't fill the memory. */
const formMemoryBytes = 8 * 1024 * 1024;

/** How much is gathered before it is written, in bytes. */
const batchBytes = 256 * 1024;

/** The one file in which the large uploads of a form lie on disk, one behind the other, and the end of it. */
export class UploadStore {
	#file: Promise<TemporaryFile> | undefined;
	#isClosed = false;
	/** How much has been written, in bytes: where the next upload begins. */
	writtenBytes = 0;
	/** How much lies in memory of all uploads, in bytes. */
	heldBytes = 0;

	/** True when the request is over: its file is gone. */
	get isClosed(): boolean {
		return this.#isClosed;
	}

	async open(): Promise<TemporaryFile> {
		this.#assertOpen();
		this.#file ??= openTemporaryFile();
		const file = await this.#file;
		this.#assertOpen(); // who has closed the store meanwhile closes the file
		return file;
	}

	/** Closes the file, which takes it off the disk. */
	async close(): Promise<void> {
		this.#isClosed = true;
		const opened = this.#file;
		this.#file = undefined;
		const file = await opened?.catch(() => undefined); // who opened it has been told
		await file?.close();
	}

	#assertOpen(): void {
		if (this.#isClosed) {
			throw new TypeError("the request was over before its form was read");
		}
	}
}

/** The place of an upload in the file of its form. */
export interface StoredPlace {
	readonly file: TemporaryFile;
	/** In bytes. */
	readonly start: number;
}

/** Takes the content of one file: in memory as long as it is small, then on disk. */
export class Spool {
	readonly #store: UploadStore;
	#chunks: Uint8Array[] = [];
	#gathered = 0;
	#place: StoredPlace | undefined;
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
	get place(): StoredPlace | undefined {
		return this.#place;
	}

	/** @returns a promise where something must be written first */
	add(chunk: Uint8Array): Promise<void> | undefined {
		this.#sizeBytes += chunk.length;
		this.#gathered += chunk.length;
		this.#chunks.push(chunk);
		if (this.#place !== undefined) {
			return this.#gathered > batchBytes ? this.#write(this.#place) : undefined;
		}
		this.#store.heldBytes += chunk.length;
		return this.#gathered > memoryBytes ||
			this.#store.heldBytes > formMemoryBytes
			? this.#moveToDisk()
			: undefined;
	}

	/** @returns a promise where something is left to be written */
	finish(): Promise<void> | undefined {
		return this.#place !== undefined && this.#gathered > 0
			? this.#write(this.#place)
			: undefined;
	}

	async #moveToDisk(): Promise<void> {
		const store = this.#store;
		store.heldBytes -= this.#gathered;
		const place = { file: await store.open(), start: store.writtenBytes };
		this.#place = place;
		await this.#write(place);
	}

	async #write({ file }: StoredPlace): Promise<void> {
		const chunks = this.#chunks;
		this.#chunks = [];
		this.#store.writtenBytes += this.#gathered;
		this.#gathered = 0;
		await writeAll(file, chunks);
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
