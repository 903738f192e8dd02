/**
 * Lists the exports of each entry of the package. `npm run public-names` writes it to `test/public-names.json`, after a change that was meant.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const packageFolder = join(import.meta.dirname, "../packages/vivace");

/** Where the names that were meant stand. */
export const publicNamesFile: string = join(
	import.meta.dirname,
	"../test/public-names.json",
);

/** The names by entry (`.`, `./testing`); a type's has `type ` before it. */
export function readPublicNames(): Record<string, string[]> {
	return Object.fromEntries(
		Object.entries({
			...readEntries(),
			"vivace-database": "../vivace-database/src/index.ts",
		})
			.map(([entry, file]) => [entry, exportedNames(readEntryFile(file))])
			.filter(([, names]) => (names as string[]).length > 0),
	);
}

/** The entry files by the name under which they are imported, as `package.json` exports them. */
export function readEntries(): Record<string, string> {
	const text = readFileSync(join(packageFolder, "package.json"), "utf8");
	return JSON.parse(text).exports;
}

/** The text of an entry file, empty when it has not been written yet. */
export function readEntryFile(file: string): string {
	try {
		return readFileSync(join(packageFolder, file), "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") {
			return "";
		}
		throw error;
	}
}

function exportedNames(text: string): string[] {
	const lists = text.matchAll(/^export\s+(type\s+)?\{([^}]*)\}/gm);
	return Array.from(lists, ([, type, list = ""]) =>
		list
			.split(",")
			.map((item) => item.replaceAll(/\/\/.*$/gm, "").trim())
			.filter((item) => item !== "")
			.map((item) => `${type === undefined ? "" : "type "}${publicName(item)}`),
	)
		.flat()
		.sort();
}

/** `a as b` is `b`, `type a` stays. */
function publicName(item: string): string {
	const name = item.split(/\s+as\s+/).at(-1) ?? item;
	return item.startsWith("type ") && !name.startsWith("type ")
		? `type ${name}`
		: name;
}

if (import.meta.main) {
	writeFileSync(
		publicNamesFile,
		`${JSON.stringify(readPublicNames(), null, "\t")}\n`,
	);
}
