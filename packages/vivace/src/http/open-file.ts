/** The metadata that a file system has of a file. */
export interface FileStats {
	readonly dev: number;
	readonly ino: number;
	readonly size: number;
	readonly mtimeMs: number;
	readonly ctimeMs: number;
	isFile(): boolean;
	isDirectory(): boolean;
}

// The runtime's module for files, which every runtime that we serve has, is loaded when the first file is sent: a runtime without a disk can
// load and serve everything else.
const fileSystem = () => import("node:fs");
type FileSystem = Awaited<ReturnType<typeof fileSystem>>;

/** Closes what nobody has closed: the file of a web response that is never read. */
const forgotten = new FinalizationRegistry<() => void>((close) => close());

/**
 * A file that is open for reading. Node's own class for that ends the process when it is collected as garbage before it was closed, and
 * whether a body is ever read is up to whoever gets the response.
 */
export class OpenFile {
	readonly #fileSystem: FileSystem;
	readonly #fd: number;
	#reads = 0;
	#whenClosed: PromiseWithResolvers<void> | undefined;

	private constructor(fileSystem: FileSystem, fd: number) {
		this.#fileSystem = fileSystem;
		this.#fd = fd;
		forgotten.register(this, () => fileSystem.close(fd, ignore), this);
	}

	/** @throws Error as `node:fs` has it */
	static async open(path: string): Promise<OpenFile> {
		const files = await fileSystem();
		const { O_NONBLOCK = 0, O_RDONLY } = files.constants;
		// a pipe that nobody writes to would be waited for; systems without such pipes have no such flag
		const flags = O_RDONLY | O_NONBLOCK;
		return new Promise((resolve, reject) => {
			files.open(path, flags, (error, fd) =>
				error ? reject(error) : resolve(new OpenFile(files, fd)),
			);
		});
	}

	/** For a runtime that reads the file by itself; good until it is closed. */
	get descriptor(): number {
		return this.#fd;
	}

	get isOpen(): boolean {
		return this.#whenClosed === undefined;
	}

	stat(): Promise<FileStats> {
		return this.#using((done) => this.#fileSystem.fstat(this.#fd, done));
	}

	/** How many bytes were read; 0 at the end of the file. */
	read(buffer: Uint8Array, position: number): Promise<number> {
		return this.#using((done) =>
			this.#fileSystem.read(this.#fd, buffer, 0, buffer.length, position, done),
		);
	}

	/** Resolves when it is closed, after what is being read; a further call changes nothing. */
	close(): Promise<void> {
		if (this.#whenClosed === undefined) {
			this.#whenClosed = Promise.withResolvers();
			forgotten.unregister(this);
			this.#closeUnused();
		}
		return this.#whenClosed.promise;
	}

	/** Another file may have the number as soon as it is closed, so that nothing may still be on its way. */
	#using<Value>(
		ask: (done: (error: Error | null, value: Value) => void) => void,
	): Promise<Value> {
		if (!this.isOpen) {
			return Promise.reject(new Error("The file was closed."));
		}
		this.#reads += 1;
		return new Promise((resolve, reject) => {
			ask((error, value) => {
				this.#reads -= 1;
				if (error) {
					reject(error);
				} else {
					resolve(value);
				}
				this.#closeUnused();
			});
		});
	}

	#closeUnused(): void {
		const closed = this.#whenClosed;
		if (closed !== undefined && this.#reads === 0) {
			this.#fileSystem.close(this.#fd, (error) =>
				error ? closed.reject(error) : closed.resolve(),
			);
		}
	}
}

function ignore(): void {}
