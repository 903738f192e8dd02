import { type FSWatcher, watch } from "node:fs";
import { dirname, sep } from "node:path";
import { type FileVersion, readFileVersion } from "./file-version.ts";
import type { ReloadPatterns } from "./reload-patterns.ts";

/** How long after an event files are looked at: editors write in several steps. */
const settleMs = 40;
/** How often they are looked at anyway: not every file system tells of its changes, above all not one that a container shares. */
const sweepMs = 2_000;

/** Tells when files are no longer in the state in which they were seen. */
export class WatchedFiles {
	readonly #onChange: (paths: readonly string[]) => void;
	readonly #patterns: ReloadPatterns;
	readonly #stamps = new Map<string, string>();
	readonly #watchers = new Map<string, FSWatcher>();
	readonly #changed = new Set<string>();
	readonly #sweep: NodeJS.Timeout;
	#timer: NodeJS.Timeout | undefined;

	constructor(
		onChange: (paths: readonly string[]) => void,
		patterns: ReloadPatterns,
	) {
		this.#onChange = onChange;
		this.#patterns = patterns;
		this.#sweep = setInterval(() => this.#check(), sweepMs);
	}

	/** How many files are watched. */
	get count(): number {
		return this.#stamps.size;
	}

	/** Watches a file, unless a pattern excludes it. If it is not in this state any more, that is a change. */
	add({ path, stamp }: FileVersion): void {
		if (this.#patterns.isExcluded(path)) {
			return;
		}
		this.#stamps.set(path, stamp);
		// the folder: many editors replace a file, and who watches it goes on watching the old one
		this.#watch(dirname(path), () => this.#checkSoon());
		if (readFileVersion(path).stamp !== stamp) {
			this.#checkSoon();
		}
	}

	/** Watches everything in a folder that the patterns include. */
	addFolder(path: string): void {
		this.#watch(`${path}${sep}`, (name) => {
			if (/(?:^|[\\/])(?:node_modules|\.git)(?:[\\/]|$)/.test(name)) {
				return;
			}
			const changed = `${path}${sep}${name}`;
			if (this.#patterns.isIncluded(changed)) {
				this.#changed.add(changed);
				this.#checkSoon();
			}
		});
	}

	/** Forgets the files that are not among these. */
	keep(paths: ReadonlySet<string>): void {
		for (const path of this.#stamps.keys()) {
			if (!paths.has(path)) {
				this.#stamps.delete(path);
			}
		}
		const folders = new Set([...this.#stamps.keys()].map(dirname));
		for (const [folder, watcher] of this.#watchers) {
			if (folder.endsWith(sep) || folders.has(folder)) {
				continue;
			}
			watcher.close();
			this.#watchers.delete(folder);
		}
	}

	close(): void {
		clearInterval(this.#sweep);
		clearTimeout(this.#timer);
		for (const watcher of this.#watchers.values()) {
			watcher.close();
		}
	}

	#watch(folder: string, onEvent: (name: string) => void): void {
		if (this.#watchers.has(folder)) {
			return;
		}
		try {
			const recursive = folder.endsWith(sep);
			const watcher = watch(folder, { recursive }, (_, name) =>
				onEvent(name ?? ""),
			);
			this.#watchers.set(folder, watcher);
			watcher.on("error", () => {
				watcher.close();
				this.#watchers.delete(folder);
			});
		} catch {
			// it is not there, or there are too many watchers: the files are looked at now and then
		}
	}

	#checkSoon(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#check(), settleMs);
	}

	#check(): void {
		for (const [path, stamp] of this.#stamps) {
			const now = readFileVersion(path).stamp;
			if (now === stamp) {
				continue;
			}
			this.#stamps.set(path, now);
			this.#changed.add(path);
		}
		if (this.#changed.size === 0) {
			return;
		}
		const paths = [...this.#changed];
		this.#changed.clear();
		this.#onChange(paths);
	}
}
