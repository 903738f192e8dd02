import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes beside the folders of the releases what all of them share: the list that the pages read, and a first page that leads to the
 * newest. The folders of older releases stay as they were built.
 *
 * @param out the folder of the whole site
 * @param release that was built into `out` just now
 * @param base the path under which the site is served, with a slash at both ends
 */
export function publish(out: string, release: string, base: string): void {
	const releases = readdirSync(out, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.filter((name) => existsSync(join(out, name, "index.html")))
		.sort(newestFirst);
	const latest = releases.find((name) => /^\d/.test(name)) ?? release;
	writeFileSync(
		join(out, "releases.json"),
		`${JSON.stringify({ latest, releases })}\n`,
	);
	writeFileSync(join(out, "index.html"), pageThatLeadsTo(`${base}${latest}/`));
	writeFileSync(
		join(out, "404.html"),
		`<!doctype html><meta charset="utf-8"><title>Not found</title><p>There is no such page. <a href="${base}${latest}/">The documentation</a> begins here.</p>\n`,
	);
}

/** 0.10 before 0.9; names that are no numbers, such as `next`, at the end. */
export function newestFirst(left: string, right: string): number {
	const isNumber = (name: string) => /^\d/.test(name);
	if (isNumber(left) !== isNumber(right)) {
		return isNumber(left) ? -1 : 1;
	}
	return right.localeCompare(left, "en", { numeric: true });
}

function pageThatLeadsTo(address: string): string {
	return `<!doctype html><meta charset="utf-8"><title>Vivace</title><meta http-equiv="refresh" content="0; url=${address}"><link rel="canonical" href="${address}"><p><a href="${address}">The documentation</a></p>\n`;
}
