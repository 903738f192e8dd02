import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The Markdown pages that the site is made of. */
export const pagesFolder: string = join(import.meta.dirname, "../docs");

/** A Markdown page of the site. */
export interface Page {
	/** Relative to `docs`, with `/`: `guide/routes.md`. */
	readonly path: string;
	/** Its first heading, without marks. */
	readonly title: string;
	readonly text: string;
}

/** All pages, sorted by path. */
export function readPages(folder: string = pagesFolder): Page[] {
	return globSync("**/*.md", { cwd: folder })
		.map((path) => path.replaceAll("\\", "/"))
		.sort()
		.map((path) => {
			const text = readFileSync(join(folder, path), "utf8");
			return { path, text, title: titleOf(text) ?? path };
		});
}

function titleOf(text: string): string | undefined {
	const heading = /^# (.+)$/m.exec(withoutBlocks(text))?.[1];
	return heading === undefined ? undefined : plainText(heading);
}

/** A line of Markdown without its marks: no backticks, emphasis or addresses. */
export function plainText(line: string): string {
	return line
		.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
		.replaceAll(/[`*]/g, "")
		.trim();
}

/** The text without its fenced blocks, whose comments look like headings. */
export function withoutBlocks(text: string): string {
	return text.replaceAll(/^(```+|~~~+)[^\n]*\n[\s\S]*?^\1\s*$/gm, "");
}

/** The anchor that a heading gets, as the hosts of Git repositories make it, so that a link works there and here. */
export function anchorOf(heading: string): string {
	return plainText(heading)
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
		.replaceAll(" ", "-");
}
