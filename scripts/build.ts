/**
 * Writes what is published of a package, `vivace` unless `--package` names another, into its `dist` (or the folder that is named): JavaScript
 * with source maps and the sources that they name, declarations, a `package.json` whose entries are those files, the README with the pages that it links to, and the
 * licence. `npm publish packages/vivace/dist` sends it.
 *
 * The JavaScript is one file for each entry, with what several share in files of their own: importing 150 modules took 80 to 100 ms and
 * 9 MB more (Node 26, three starts of each on a busy machine). All that the main entry loads is one of these, which takes 10 ms and 2.8 MB
 * less than some thirty. Lines stay lines, for the stack traces of who has no source maps.
 */
import { spawnSync } from "node:child_process";
import {
	cpSync,
	existsSync,
	globSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type OutputAsset, type OutputChunk, rolldown } from "rolldown";

const root = join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
	options: { package: { type: "string", default: "vivace" } },
	allowPositionals: true,
});
const packageFolder = join(root, "packages", values.package);
const source = join(packageFolder, "src");
const target = resolve(positionals[0] ?? join(packageFolder, "dist"));

/**
 * Entries that import packages which may not be installed: a module that does so is never run, so another one imports it, and tells what to install. Bundlers
 * (`module`) and `require`, which wait for nothing, get the entry itself.
 */
const guarded: Readonly<Record<string, string>> = {
	"./src/database.ts": "src/database/missing-packages.ts",
};

rmSync(target, { recursive: true, force: true });
declare();
rewriteDeclarations();
await bundle();
tidyJavaScript();
copySources();
copyAssets();
copyPages();
writePackageJson();

function declare(): void {
	const { status } = spawnSync(
		join(root, "node_modules/.bin/tsc"),
		["--project", packageFolder, "--emitDeclarationOnly", "--outDir", target],
		{ stdio: "inherit", shell: process.platform === "win32" },
	);
	if (status !== 0) {
		process.exit(1); // the compiler has said why
	}
}

async function bundle(): Promise<void> {
	const build = await rolldown({
		input: Object.fromEntries(
			[...programs(), ...companions(), ...guardFiles()].map((file) => [
				outputName(file),
				file,
			]),
		),
		cwd: packageFolder,
		platform: "node",
		external: (id) => !id.startsWith(".") && !isAbsolute(id),
	});
	const core = modulesOfIndex((await build.generate({ format: "esm" })).output);
	await build.write({
		dir: target,
		format: "esm",
		entryFileNames: "[name].js",
		chunkFileNames: "vivace-[hash].js", // bundle-warning.ts knows by it that nobody has bundled it,
		sourcemap: true,
		sourcemapExcludeSources: true, // Deno reads the maps at each start; the sources stand beside them
		sourcemapPathTransform: (path, map) =>
			join("src", relative(source, resolve(dirname(map), path))),
		keepNames: true, // a class that shares its name with one of the runtime's
		comments: { legal: true, annotation: true, jsdoc: false }, // the declarations have them
		codeSplitting: {
			groups: [{ name: "core", test: (module) => core.has(module) }],
		},
	});
	await build.close();
	guardImports();
}

/** Writes the module before each such entry, with all that it exports. */
function guardImports(): void {
	for (const [entry, guard] of guardsHere()) {
		const path = join(target, `${outputName(entry)}.js`);
		const exported = exportedNames(readFileSync(path, "utf8"));
		const guardName = outputName(guard);
		const [guardFunction] = exportedNames(
			readFileSync(join(target, `${guardName}.js`), "utf8"),
		);
		writeFileSync(
			join(target, guardedName(entry)),
			[
				`import { ${guardFunction} } from "./${guardName}.js";`,
				`const entry = await import("./${outputName(entry)}.js").catch((error) => ${guardFunction}(error));`,
				`export const { ${exported.join(", ")} } = entry;\n`,
			].join("\n"),
		);
	}
}

function guardsHere(): [entry: string, guard: string][] {
	const entries = Object.values(readPackageJson().exports);
	return Object.entries(guarded).filter(([entry]) => entries.includes(entry));
}

function guardedName(entry: string): string {
	return `${outputName(entry)}-guarded.js`;
}

/** The names that the bundler's last line exports. */
function exportedNames(text: string): string[] {
	const [, names = ""] = /^export \{ (.*) \};$/m.exec(text) ?? [];
	return names.split(", ").map((name) => name.replace(/^.* as /, ""));
}

/** The modules that are loaded with the main entry, whatever the program does: not those that `import()` brings. */
function modulesOfIndex(
	output: readonly (OutputChunk | OutputAsset)[],
): ReadonlySet<string> {
	const chunks = new Map(
		output.flatMap((file) =>
			file.type === "chunk" ? [[file.fileName, file]] : [],
		),
	);
	const loaded = new Set<string>();
	const add = (fileName: string): void => {
		const chunk = chunks.get(fileName);
		if (chunk !== undefined && !loaded.has(fileName)) {
			loaded.add(fileName);
			chunk.imports.forEach(add);
		}
	};
	add("index.js");
	return new Set(
		Array.from(loaded, (name) =>
			Object.keys(chunks.get(name)?.modules ?? {}),
		).flat(),
	);
}

/**
 * One file imports another for its order alone, though all of them only declare (`sideEffects`). A bundler warns of each, and the thread
 * could not be copied by itself; a module of Node that is imported so is loaded for nothing. The line stays, for the source map.
 */
function tidyJavaScript(): void {
	for (const name of globSync("*.js", { cwd: target })) {
		const path = join(target, name);
		const text = readFileSync(path, "utf8");
		writeFileSync(
			path,
			escaped(
				text.replaceAll(/^import "(?:\.\/[^"]+\.js|node:[^"]+)";$/gm, ""),
			),
		);
	}
}

/** Writes other letters than ASCII's as escapes: a text of one byte a letter takes V8 1 MB less and is parsed a little sooner. */
function escaped(text: string): string {
	return text.replaceAll(/[^\p{ASCII}]/gu, (letter) =>
		Array.from({ length: letter.length }, (_, index) =>
			letter.charCodeAt(index).toString(16).padStart(4, "0"),
		)
			.map((code) => `\\u${code}`)
			.join(""),
	);
}

/** The files that others import or run. */
function programs(): string[] {
	const { exports, bin = {} } = readPackageJson();
	return [...Object.values(exports), ...Object.values(bin)];
}

/** The modules that run in threads and processes of their own, found beside the file that starts them. */
function companions(): string[] {
	return globSync(["src/server/**/*-thread.ts", "src/cli/dev-process.ts"], {
		cwd: packageFolder,
	}).map((file) => `./${file}`);
}

function guardFiles(): string[] {
	return guardsHere().map(([, guard]) => `./${guard}`);
}

/** `./src/testing.ts` → `testing`; everything stands in one folder. */
function outputName(file: string): string {
	return file.replace(/^.*\//, "").replace(/\.ts$/, "");
}

/** The compiler writes `.js` into the imports of the JavaScript, but leaves `.ts` in those of the declarations. */
function rewriteDeclarations(): void {
	for (const name of globSync("**/*.d.ts", { cwd: target })) {
		const path = join(target, name);
		const text = readFileSync(path, "utf8");
		writeFileSync(
			path,
			text.replaceAll(
				/\b((?:from|import)[ (]*)"(\.[^"]*)\.ts"/g,
				(_, keyword: string, file: string) => `${keyword}"${file}.js"`,
			),
		);
	}
}

/** Copies what the source maps name: who follows a stack trace or steps through the package finds it. Nobody imports it. */
function copySources(): void {
	for (const file of globSync("**/*.ts", { cwd: source })) {
		cpSync(join(source, file), join(target, "src", file));
	}
}

/** Copies the files that the program reads at run time beside the files that read them. */
function copyAssets(): void {
	for (const folder of globSync("*/assets", { cwd: source })) {
		cpSync(join(source, folder), join(target, "assets"), { recursive: true });
	}
}

/** The licence, the README and the guide; what they link to in the rest of the repository is named there, not linked. */
function copyPages(): void {
	// a package with a README of its own has no need of the guide, which is the framework's
	const ownPage = join(packageFolder, "README.md");
	if (existsSync(ownPage)) {
		cpSync(ownPage, join(target, "README.md"));
		cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
		return;
	}
	const pages = ["LICENSE", "CHANGELOG.md", "README.md"].concat(
		globSync(["docs/errors/*.md", "docs/guide/**/*.md"], { cwd: root }),
	);
	for (const page of pages) {
		const path = join(target, page);
		mkdirSync(dirname(path), { recursive: true });
		cpSync(join(root, page), path);
	}
	for (const page of pages) {
		const path = join(target, page);
		const text = readFileSync(path, "utf8").replaceAll(
			/(?<!!)\[([^\]]+)\]\(([^)#\s:]+)(?:#[^)]*)?\)/g,
			(link, words: string, to: string) =>
				existsSync(join(dirname(path), to)) ? link : words,
		);
		writeFileSync(path, text);
	}
}

interface PackageJson {
	readonly exports: Readonly<Record<string, string>>;
	readonly bin?: Readonly<Record<string, string>>;
}

function readPackageJson(): PackageJson {
	return JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
}

function writePackageJson(): void {
	const { exports, bin = {}, ...rest } = readPackageJson();
	const published = {
		...rest,
		exports: {
			...mapValues(exports, (file) => ({
				types: file.replace(/^\.\/src\//, "./").replace(/\.ts$/, ".d.ts"),
				...(Object.hasOwn(guarded, file)
					? {
							module: `./${outputName(file)}.js`,
							require: `./${outputName(file)}.js`,
							default: `./${guardedName(file)}`,
						}
					: { default: `./${outputName(file)}.js` }),
			})),
			"./package.json": "./package.json",
		},
		// all else only declares: a bundler may leave out what is not used
		sideEffects: [...Object.values(bin), ...companions()].map(
			(file) => `./${outputName(file)}.js`,
		),
		...(Object.keys(bin).length > 0 && {
			bin: mapValues(bin, (file) => `./${outputName(file)}.js`),
		}),
	};
	writeFileSync(
		join(target, "package.json"),
		`${JSON.stringify(published, null, "\t")}\n`,
	);
}

function mapValues<Value, Made>(
	record: Readonly<Record<string, Value>>,
	make: (value: Value) => Made,
): Record<string, Made> {
	return Object.fromEntries(
		Object.entries(record).map(([name, value]) => [name, make(value)]),
	);
}
