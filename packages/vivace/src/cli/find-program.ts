import { statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { CommandError } from "./command-error.ts";

/** Where a program is looked for when none is named: in this order, each with each ending. */
const places = ["app", "main", "src/app", "src/main"];
const endings = [".ts", ".mts", ".js", ".mjs"];

/**
 * The files that may be the program, the likeliest first: the one that is named, or those of the usual names in the folder that is
 * named (default: the working directory) that are there.
 *
 * @throws CommandError if there is none
 */
export function findProgram(
	named: string | undefined,
	folder: string = process.cwd(),
): string[] {
	const path = resolve(folder, named ?? ".");
	const stats = statSync(path, { throwIfNoEntry: false });
	if (stats === undefined) {
		throw new CommandError(`there is no file "${named}" in ${folder}`);
	}
	if (!stats.isDirectory()) {
		return [path];
	}
	const found = places
		.flatMap((place) => endings.map((ending) => join(path, place + ending)))
		.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
	if (found.length === 0) {
		throw new CommandError(
			`no program found: ${path} has no app.ts, main.ts, src/app.ts or src/main.ts; name the file that exports the app`,
		);
	}
	return found;
}

/** A path as a person in the working directory would write it. */
export function shortPath(path: string): string {
	const short = relative(process.cwd(), path);
	return short.length < path.length ? short : path;
}
