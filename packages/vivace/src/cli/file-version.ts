import { statSync } from "node:fs";

/** A file and which state of it was seen. */
export interface FileVersion {
	readonly path: string;
	/** Time of the last change and size; empty if it is not there. */
	readonly stamp: string;
}

/** The state in which a file is now. */
export function readFileVersion(path: string): FileVersion {
	const stats = statSync(path, { throwIfNoEntry: false });
	return { path, stamp: stats ? `${stats.mtimeMs} ${stats.size}` : "" };
}
