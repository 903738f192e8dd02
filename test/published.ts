import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./source-files.ts";

export const run = promisify(execFile);
export const shell = process.platform === "win32";

/** Builds a package and packs it; gives the path of the tarball. */
export async function pack(folder: string, name: string): Promise<string> {
	const built = join(folder, name);
	const script = join(root, "scripts/build.ts");
	await run(process.execPath, [script, "--package", name, built]);
	return packFolder(folder, built);
}

/** Packs a folder as it is; gives the path of the tarball. */
export async function packFolder(
	folder: string,
	packed: string,
): Promise<string> {
	const { stdout } = await npm(folder, ["pack", packed, "--json"]);
	// a list, or since npm 12 an object by name
	const [tarball] = Object.values<{ filename: string }>(JSON.parse(stdout));
	if (tarball === undefined) {
		throw new Error(`npm has packed nothing of ${packed}`);
	}
	return join(folder, tarball.filename);
}

/** Makes an empty project of a folder and installs packages into it. */
export async function installInto(
	folder: string,
	packages: readonly string[],
): Promise<void> {
	await writeFile(
		join(folder, "package.json"),
		JSON.stringify({ type: "module", allowScripts: { node: true } }),
	);
	await npm(folder, ["install", ...quietInstall, ...packages]);
}

export const quietInstall: readonly string[] = [
	"--prefer-offline",
	"--no-audit",
	"--no-fund",
];

/** The packages in the versions that the workspace develops with. */
export async function lockedVersions(...names: string[]): Promise<string[]> {
	const text = await readFile(join(root, "package.json"), "utf8");
	const { devDependencies } = JSON.parse(text);
	return names.map((name) => `${name}@${devDependencies[name]}`);
}

/** A folder with one package, downloaded once and kept beside the other things that can be made again. */
export async function installOnce(specifier: string): Promise<string> {
	const name = specifier.replaceAll(/[@/]/g, "-").replace(/^-/, "");
	const folder = join(root, "node_modules/.cache", name);
	if (!existsSync(join(folder, "node_modules/.bin"))) {
		await mkdir(folder, { recursive: true });
		await installInto(folder, [specifier]);
	}
	return folder;
}

export function npm(cwd: string, options: readonly string[]) {
	return run("npm", [...options], { cwd, env: withoutNpm(), shell });
}

/**
 * The environment of another project: npm passes its own settings on to what it runs, which that is not to see. Package managers
 * trust whom the machine trusts: a registry may stand behind a proxy with a certificate of its own.
 */
export function withoutNpm(): NodeJS.ProcessEnv {
	const own = Object.entries(process.env).filter(
		([name]) => !/^npm_/i.test(name),
	);
	return { ...Object.fromEntries(own), NODE_USE_SYSTEM_CA: "1" };
}
