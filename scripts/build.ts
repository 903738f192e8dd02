/**
 * Writes what is published into `packages/vivace/dist` (or the folder that is named): JavaScript, declarations, a `package.json` whose
 * entries are those files, the README and the licence. `npm publish packages/vivace/dist` sends it.
 */
import { spawnSync } from "node:child_process";
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..");
const packageFolder = join(root, "packages/vivace");
const source = join(packageFolder, "src");
const target = resolve(process.argv[2] ?? join(packageFolder, "dist"));

rmSync(target, { recursive: true, force: true });
compile();
rewriteDeclarations();
copyAssets();
writePackageJson();

function compile(): void {
	const { status } = spawnSync(
		join(root, "node_modules/.bin/tsc"),
		["--project", packageFolder, "--outDir", target],
		{ stdio: "inherit", shell: process.platform === "win32" },
	);
	if (status !== 0) process.exit(1); // the compiler has said why
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

/** What the program reads at run time, and what a package has to carry. */
function copyAssets(): void {
	const assets = globSync("**/*", { cwd: source, withFileTypes: true })
		.filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
		.map(({ parentPath, name }) => join(parentPath, name));
	for (const path of assets) cpSync(path, path.replace(source, target));
	for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) {
		cpSync(join(root, name), join(target, name));
	}
}

function writePackageJson(): void {
	const text = readFileSync(join(packageFolder, "package.json"), "utf8");
	const { exports, private: _, ...rest } = JSON.parse(text);
	const published = {
		...rest,
		exports: Object.fromEntries(
			Object.entries<string>(exports).map(([entry, file]) => [
				entry,
				publishedEntry(file),
			]),
		),
	};
	writeFileSync(
		join(target, "package.json"),
		`${JSON.stringify(published, null, "\t")}\n`,
	);
}

/** `./src/testing.ts` → `./testing.js` with its types. */
function publishedEntry(file: string): object {
	const name = file.replace(/^\.\/src\//, "./").replace(/\.ts$/, "");
	return { types: `${name}.d.ts`, default: `${name}.js` };
}
