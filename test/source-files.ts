import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The workspace's folder. */
export const root: string = join(import.meta.dirname, "..");

/** The folder of the published package's sources. */
export const sourceFolder: string = join(root, "packages/vivace/src");

/** A file of a package's `src` and what it names in its imports. */
export interface SourceFile {
	/** Relative to `src`, with `/`: `inject/plan.ts`. */
	readonly path: string;
	/** The first folder of the path; `undefined` for an entry file. */
	readonly room: string | undefined;
	readonly text: string;
	/** Paths of the files that it imports or re-exports from, types too. */
	readonly imports: readonly string[];
	/** The packages and Node modules that are loaded with it: not its types, and not what it loads when it is needed. */
	readonly packages: readonly string[];
}

/** The folder of the sources of the package for databases. */
export const databaseFolder: string = join(
	root,
	"packages/vivace-database/src",
);

/** All files of a package's `src`, that of `vivace` unless another is named, sorted by path. */
export function readSourceFiles(folder: string = sourceFolder): SourceFile[] {
	return globSync("**/*.ts", { cwd: folder })
		.map((path) => path.replaceAll("\\", "/"))
		.sort()
		.map((path) => readSourceFile(folder, path));
}

function readSourceFile(folder: string, path: string): SourceFile {
	const text = readFileSync(join(folder, path), "utf8");
	const specifiers = importedSpecifiers(text);
	const isOwn = (specifier: string) => specifier.startsWith(".");
	return {
		path,
		room: path.includes("/") ? path.slice(0, path.indexOf("/")) : undefined,
		text,
		imports: specifiers
			.filter(isOwn)
			.map((specifier) => join(dirname(path), specifier).replaceAll("\\", "/")),
		packages: loadedSpecifiers(text).filter((name) => !isOwn(name)),
	};
}

/** The texts behind `from`, in `import "…"` and in `import("…")`, outside of comments. */
export function importedSpecifiers(text: string): string[] {
	const code = withoutComments(text);
	const patterns = [
		/^\s*(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']/gm,
		/^\s*import\s*["']([^"']+)["']/gm,
		/\bimport\(\s*["']([^"']+)["']/g,
	];
	return patterns.flatMap((pattern) =>
		Array.from(code.matchAll(pattern), (match) => match[1] as string),
	);
}

function loadedSpecifiers(text: string): string[] {
	const statements = withoutComments(text).matchAll(
		/^\s*(?:import|export)\b(?!\s+type\b)[^;"'(]*?(?:\bfrom\s*)?["']([^"']+)["']/gm,
	);
	return Array.from(statements, (match) => match[1] as string);
}

/** The text without the comments that begin a line; one inside a line may be part of a string. */
export function withoutComments(text: string): string {
	return text
		.replaceAll(/^[ \t]*\/\*[\s\S]*?\*\//gm, "")
		.replaceAll(/^[ \t]*\/\/.*$/gm, "");
}

/** The path relative to the workspace, for messages. */
export function fromRoot(path: string): string {
	return relative(root, path).replaceAll("\\", "/");
}

/** The links of a Markdown page that lead to no file, each as `page → target`. */
export function deadLinks(page: string): string[] {
	const links = readFileSync(page, "utf8").matchAll(
		/\]\(([^)#\s:]+)(?:#[^)]*)?\)/g,
	);
	return Array.from(links, ([, link]) => join(page, "..", link ?? ""))
		.filter((target) => !existsSync(target))
		.map((target) => `${page} → ${target}`);
}

/** The bytes of all files in a folder. */
export function sizeOf(folder: string): number {
	return globSync("**/*", { cwd: folder, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.reduce(
			(sum, { parentPath, name }) =>
				sum + statSync(join(parentPath, name)).size,
			0,
		);
}
