import type { ServedFile } from "./served-file.ts";

/**
 * Files up to this size are kept: to open and read one takes four turns of the thread pool, and for 1 MiB half of the CPU time. All clients are
 * sent the same bytes, however slowly they take them.
 */
export const keptFileBytes: number = 1024 * 1024;

/** A clock of a file system may stand still for some milliseconds: what changes within them looks the same. */
const defaultSettledMs = 1000;

/** Bounds of a {@link FileCache}. */
interface CacheLimits {
	/** How many files are kept. Default: 4,096. */
	readonly count?: number;
	/** How many of their bytes. Default: 32 MiB. */
	readonly bytes?: number;
	/** How long a file must have been as it is. Default: a second. */
	readonly settledMs?: number;
}

/**
 * The files that were found, by their paths, the oldest of them forgotten when they are too many. Whoever takes one out looks first
 * whether it still is that file.
 */
export class FileCache {
	readonly #files = new Map<
		string,
		{ readonly file: ServedFile; readonly bytes: number }
	>();
	readonly #limitCount: number;
	readonly #limitBytes: number;
	readonly #settledMs: number;
	#bytes = 0;

	constructor(limits: CacheLimits = {}) {
		this.#limitCount = limits.count ?? 4096;
		this.#limitBytes = limits.bytes ?? 32 * 1024 * 1024;
		this.#settledMs = limits.settledMs ?? defaultSettledMs;
	}

	get(path: string): ServedFile | undefined {
		return this.#files.get(path)?.file;
	}

	/** Keeps a file, unless it has changed only just now and could change again without a sign of it. */
	keep(file: ServedFile): void {
		this.forget(file.path);
		if (Date.now() - file.stats.ctimeMs < this.#settledMs) {
			return;
		}
		const bytes = file.content?.length ?? 0;
		this.#files.set(file.path, { file, bytes });
		this.#bytes += bytes;
		for (const path of this.#files.keys()) {
			if (
				this.#files.size <= this.#limitCount &&
				this.#bytes <= this.#limitBytes
			) {
				return;
			}
			this.forget(path);
		}
	}

	forget(path: string): void {
		const kept = this.#files.get(path);
		if (kept !== undefined) {
			this.#files.delete(path);
			this.#bytes -= kept.bytes;
		}
	}
}
