import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError } from "../errors/setup-error.ts";

/** The files of a program that are looked through for the line. */
const mostFiles = 500;

/**
 * Tells what `vivace/database` needs beside vivace. Its published file imports the rest of it by this, because a module that imports a package which is not
 * there is never run, and Node's own error names files of ours alone.
 *
 * @param error with which the import has failed
 * @param program the file that Node was started with
 * @throws SetupError `VIV_OPTION` that begins at the program's line; any other error as it is
 */
export function missingPackages(
	error: unknown,
	program: string | undefined = process.argv[1],
): never {
	const { message } = Object(error) as { readonly message?: unknown };
	if (!/["'](?:kysely|vivace-database)["']/.test(String(message))) {
		throw error;
	}
	const missing = new SetupError(
		"VIV_OPTION",
		"vivace/database needs two packages beside vivace: npm install vivace-database kysely.",
	);
	const place = program === undefined ? undefined : importingLine(program);
	missing.stack = `${missing.name}: ${missing.message}${place ? `\n    at ${place}` : ""}`;
	throw missing;
}

/** The line of a program that imports `vivace/database`: no stack has it, since modules are loaded before one runs. */
function importingLine(program: string): string | undefined {
	const files = new Set([program]);
	for (const file of files) {
		if (files.size > mostFiles || !existsSync(file)) {
			continue;
		}
		const lines = readFileSync(file, "utf8").split("\n");
		for (const [index, line] of lines.entries()) {
			const [, name] =
				/(?:\bfrom|\bimport)[\s(]*["']([^"']+)["']/.exec(line) ?? [];
			if (name === "vivace/database") {
				return `${relative(process.cwd(), file)}:${index + 1}`;
			}
			if (name?.startsWith("file:")) {
				files.add(fileURLToPath(name));
			} else if (name?.startsWith(".")) {
				files.add(resolve(dirname(file), name));
			}
		}
	}
	return undefined;
}
