import type { FileStats } from "../http/open-file.ts";

/** A file of a folder that is served, as it was found. */
export interface ServedFile {
	/** Path on the disk, through the folder's own name. */
	readonly path: string;
	readonly stats: FileStats;
	readonly etag: string;
	/** HTTP date. */
	readonly lastModified: string;
	/** By the ending of its name. */
	readonly contentType: string;
	/** All of its bytes, where they were read. */
	readonly content: Uint8Array | undefined;
}

/** True for the same file, whatever its content is by now. */
export function isOneFile(a: FileStats, b: FileStats): boolean {
	return a.ino === b.ino && a.dev === b.dev;
}

/** True for the same file with the same content, as far as the file system can tell. */
export function isSameFile(a: FileStats, b: FileStats): boolean {
	return (
		isOneFile(a, b) &&
		a.size === b.size &&
		a.mtimeMs === b.mtimeMs &&
		a.ctimeMs === b.ctimeMs
	);
}
