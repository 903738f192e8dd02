#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommandLine } from "./command-line.ts";

// as in errors/oldest-runtime.ts, which would come with the whole package and show the stack of its error
const isFaulty =
	/^v24\.[0-4]\./.test(process.version) &&
	!("Bun" in globalThis || "Deno" in globalThis);
if (typeof RegExp.escape !== "function" || isFaulty) {
	console.error(`Vivace needs Node 24.5 or later; this is ${process.version}.`);
	process.exit(1);
}
const exitCode = await runCommandLine(process.argv.slice(2), readVersion());
// otherwise a server runs, and ends the process itself
if (exitCode !== undefined) {
	process.exit(exitCode);
}

/** The version of this package; its file stands beside the published program, and above the sources. */
function readVersion(): string {
	const file = [".", "../.."]
		.map((folder) => join(import.meta.dirname, folder, "package.json"))
		.find((path) => existsSync(path));
	return JSON.parse(readFileSync(file ?? "", "utf8")).version;
}
