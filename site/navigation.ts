import { posix } from "node:path";
import { type Page, plainText } from "./pages.ts";

/** An entry of a side bar: a group, or a page. */
export interface NavigationItem {
	readonly text: string;
	readonly link?: string;
	readonly items?: readonly NavigationItem[];
	readonly collapsed?: boolean;
}

/** The navigation of the site, made from its pages: whoever adds a page adds nothing here. */
export interface Navigation {
	/** The sections, for the bar at the top. */
	readonly top: readonly NavigationItem[];
	/** The side bar of each section, by the path that its pages begin with. */
	readonly side: Readonly<Record<string, NavigationItem[]>>;
}

/** The sections that stand first, with their names; any other folder follows under its own. */
const knownSections: Readonly<Record<string, string>> = {
	tutorial: "Tutorial",
	guide: "Guide",
	"coming-from": "Coming from",
	reference: "Reference",
	errors: "Errors",
};

/**
 * One section for each folder of `docs`. Its `README.md` says the groups (`## Heading`) and their order (the links of its lists); a page
 * that it doesn't link comes last, under its own title.
 */
export function navigationOf(pages: readonly Page[]): Navigation {
	const folders = new Set(
		pages.filter(({ path }) => path.includes("/")).map(sectionOf),
	);
	const names = [
		...Object.keys(knownSections).filter((name) => folders.has(name)),
		...[...folders].filter((name) => !(name in knownSections)),
	];
	const top: NavigationItem[] = [];
	const side: Record<string, NavigationItem[]> = {};
	for (const name of names) {
		const own = pages.filter((page) => sectionOf(page) === name);
		const groups = groupsOf(name, own, pages);
		top.push({ text: nameOf(name), link: entryOf(own) });
		side[`/${name}/`] = groups;
	}
	const single = pages.filter(
		({ path }) => !path.includes("/") && path !== "README.md",
	);
	if (single.length > 0) {
		top.push({ text: "More", items: single.map(itemOf) });
	}
	return { top, side };
}

function sectionOf({ path }: Page): string {
	return path.slice(0, path.indexOf("/"));
}

function nameOf(section: string): string {
	const words = section.replaceAll("-", " ");
	return (
		knownSections[section] ?? words.charAt(0).toUpperCase() + words.slice(1)
	);
}

/** The page that a section is entered by: its `README.md`, or its first. */
function entryOf(pages: readonly Page[]): string {
	const isEntry = ({ path }: Page) => /^[^/]+\/README\.md$/.test(path);
	return linkOf((pages.find(isEntry) ?? pages[0])?.path ?? "");
}

function groupsOf(
	section: string,
	own: readonly Page[],
	all: readonly Page[],
): NavigationItem[] {
	const overview = own.find(({ path }) => path === `${section}/README.md`);
	const listed = overview === undefined ? [] : listedIn(overview, all);
	const isListed = ({ path }: Page) =>
		listed.some(({ items }) => items.some(({ link }) => link === linkOf(path)));
	const rest = own.filter((page) => page !== overview && !isListed(page));
	const groups = listed.map(({ text, items }) => ({
		text: text === "" ? nameOf(section) : text,
		items,
	}));
	return [...groups, ...restGroups(section, rest, groups.length > 0)];
}

/** The groups of an overview: its headings, and the pages that the lists under them link. */
function listedIn(
	overview: Page,
	all: readonly Page[],
): { text: string; items: NavigationItem[] }[] {
	const groups = [{ text: "", items: [] as NavigationItem[] }];
	for (const line of overview.text.split("\n")) {
		if (line.startsWith("## ")) {
			groups.push({ text: plainText(line.slice(3)), items: [] });
		}
		if (/^(?:[-*]|\d+\.) /.test(line)) {
			groups.at(-1)?.items.push(...linkedPages(line, overview, all));
		}
	}
	return groups.filter(({ items }) => items.length > 0);
}

function linkedPages(
	line: string,
	overview: Page,
	all: readonly Page[],
): NavigationItem[] {
	return Array.from(
		line.matchAll(/\[([^\]]+)\]\(([^)#]+\.md)(?:#[^)]*)?\)/g),
	).flatMap(([, text = "", target = ""]) => {
		const path = posix.join(posix.dirname(overview.path), target);
		const isPage = all.some((page) => page.path === path);
		return isPage
			? [{ text: plainText(capital(text)), link: linkOf(path) }]
			: [];
	});
}

/** A link's text, which may stand within a sentence. */
function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Pages that no overview names: those of the folder itself, then a group for each folder in it, which its own overview names. */
function restGroups(
	section: string,
	rest: readonly Page[],
	isSecond: boolean,
): NavigationItem[] {
	const byFolder = Map.groupBy(rest, ({ path }) => groupOf(path));
	return [...byFolder].map(([folder, pages]) => {
		const name = posix.relative(section, folder);
		const own = isSecond ? "More" : nameOf(section);
		const overview = pages.find(({ path }) => path === `${folder}/README.md`);
		const text = name === "" ? own : capital(name.replaceAll("-", " "));
		return {
			text: overview?.title ?? text,
			...(overview && { link: linkOf(overview.path) }),
			items: pages.filter((page) => page !== overview).map(itemOf),
			collapsed: name !== "",
		};
	});
}

/** The folder whose group a page is in; the reference has a folder for each kind of name in each module. */
function groupOf(path: string): string {
	return posix
		.dirname(path)
		.replace(
			/^(reference\/.+)\/(?:classes|functions|interfaces|type-aliases|variables|enumerations)$/,
			"$1",
		);
}

function itemOf({ title, path }: Page): NavigationItem {
	return { text: title, link: linkOf(path) };
}

/** The address of a page within the site. */
export function linkOf(path: string): string {
	return `/${path.replace(/(?:^|(?<=\/))README\.md$/, "").replace(/\.md$/, "")}`;
}
