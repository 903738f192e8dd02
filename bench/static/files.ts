import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The names of the small files, 4 KiB each. */
export const smallFiles: readonly string[] = Array.from(
	{ length: 8 },
	(_, index) => `small-${index}.css`,
);

/** 1 MiB. */
export const largeFile = "large.bin";

/** Writes the files that all servers send into a folder of their own; a second old, for some servers keep what has settled alone. */
export function writeFiles(folder: string): void {
	rmSync(folder, { force: true, recursive: true });
	mkdirSync(folder, { recursive: true });
	const names = [...smallFiles, largeFile];
	for (const [index, name] of names.entries()) {
		const line = `.class-${index} { color: green; }\n`;
		const size = name === largeFile ? 1024 * 1024 : 4096;
		const path = join(folder, name);
		writeFileSync(path, line.repeat(size / line.length + 1).slice(0, size));
		utimesSync(path, new Date("2026-01-02"), new Date("2026-01-02"));
	}
}
