import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseFolder, readSourceFiles, root } from "./source-files.ts";

/** The programs in the comments of the packages, by where they stand. */
export function examplePrograms(): Record<string, string> {
	return Object.fromEntries(
		[...readSourceFiles(), ...readSourceFiles(databaseFolder)].flatMap(
			({ path, text }) =>
				examplesOf(text).map(({ line, code }) => [
					`${path.replace(/\.ts$/, "")}-line-${line}.ts`,
					code,
				]),
		),
	);
}

/** The programs in the pages, by where they stand. */
export function markdownPrograms(): Record<string, string> {
	return Object.fromEntries(
		globSync(["*.md", "docs/**/*.md", "bench/*.md"], {
			cwd: root,
			exclude: ["docs/reference/**"],
		}).flatMap((path) =>
			fencedPrograms(readFileSync(join(root, path), "utf8")).map(
				({ line, code }) => [`${path}-line-${line}.ts`, code],
			),
		),
	);
}

/** A program that documentation shows. */
export interface Program {
	/** Of the fence that opens it. */
	readonly line: number;
	readonly code: string;
}

/** The programs of the comments in a source file. */
export function examplesOf(text: string): Program[] {
	return Array.from(
		text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm),
		({ 0: comment, index }) => {
			const firstLine = text.slice(0, index).split("\n").length;
			const plain = comment.replaceAll(/^[ \t]*\*[ ]?/gm, "");
			if (!plain.includes("@example")) {
				return [];
			}
			return fencedPrograms(plain).map(({ line, code }) => ({
				line: firstLine + line - 1,
				code,
			}));
		},
	).flat();
}

/** The programs of a Markdown text. */
export function fencedPrograms(text: string): Program[] {
	return Array.from(
		text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm),
		({ 1: code = "", index }) => ({
			line: text.slice(0, index).split("\n").length,
			code,
		}),
	);
}
