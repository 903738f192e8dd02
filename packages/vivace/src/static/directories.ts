import { SetupError } from "../errors/setup-error.ts";

/**
 * The absolute paths of folders, as they stand when they are named: a process that goes elsewhere later serves them still.
 *
 * @throws SetupError `VIV_OPTION` when it is no path, or an empty list
 */
export function absoluteDirectories(
	where: string,
	directories: unknown,
): readonly string[] {
	const list = Array.isArray(directories) ? directories : [directories];
	const isPath = (each: unknown): each is string =>
		typeof each === "string" && each !== "" && !each.includes("\0");
	if (list.length === 0 || !list.every(isPath)) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: expected the path of a folder, or a list of such paths; write "public" or ["public", "assets"].`,
		);
	}
	const { resolve } = runtimeModule("node:path");
	return list.map((directory) => resolve(directory));
}

/**
 * @throws SetupError `VIV_OPTION` when one of the folders is not there
 */
export function assertDirectories(
	where: string,
	directories: readonly string[],
): void {
	const missing = directories.find((directory) => !isDirectory(directory));
	if (missing !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: there is no folder ${missing}; make it, name another, or say checkDirectory: false if it comes later.`,
		);
	}
}

export function isDirectory(path: string): boolean {
	return statsOf(path)?.isDirectory() ?? false;
}

export function isRegularFile(path: string): boolean {
	return statsOf(path)?.isFile() ?? false;
}

function statsOf(path: string) {
	return runtimeModule("node:fs").statSync(path, { throwIfNoEntry: false });
}

// read when a folder is named, before anything is served; floors 1 to 4 load no module of a runtime when they are imported
function runtimeModule<Name extends "node:fs" | "node:path">(
	name: Name,
): {
	"node:fs": typeof import("node:fs");
	"node:path": typeof import("node:path");
}[Name] {
	return process.getBuiltinModule(name) as never; // the types know one name at a time
}
