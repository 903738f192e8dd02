import { readdir } from "node:fs/promises";

/** The names of all files in some folders, in order, each once; what begins with a dot is left out, links are. */
export async function templateNames(
	directories: readonly string[],
): Promise<readonly string[]> {
	const names = new Set<string>();
	for (const directory of directories) {
		const entries = await readdir(directory, {
			recursive: true,
			withFileTypes: true,
		});
		for (const entry of entries) {
			const folder = entry.parentPath.slice(directory.length);
			const path = `${folder}/${entry.name}`.replaceAll("\\", "/");
			const name = path.replace(/^\/+/, "");
			if (entry.isFile() && !`/${name}`.includes("/.")) {
				names.add(name);
			}
		}
	}
	return [...names].toSorted();
}
