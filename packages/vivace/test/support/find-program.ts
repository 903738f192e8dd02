import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** Servers live in /usr/sbin, which is not on everybody's path. */
export function findProgram(name: string): string | undefined {
	const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin"];
	return folders
		.map((folder) => join(folder, name))
		.find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false; // absent or not ours to run: the next folder may have it
	}
}
