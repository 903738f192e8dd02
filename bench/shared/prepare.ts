import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Installs the peers that a bench's lock file names into its own folder, and builds Vivace as it is published among them. */
export function installPeers(folder: string): void {
	installLocked(folder);
	for (const name of ["vivace", "vivace-database"]) {
		run("scripts/build.ts", "--package", name);
		const link = join(folder, "node_modules", name);
		rmSync(link, { force: true, recursive: true });
		symlinkSync(join(root, "packages", name, "dist"), link, "junction");
	}
}

/** Installs the peers alone. */
export function installLocked(folder: string): void {
	run("scripts/install.mjs", folder);
}

function run(script: string, ...options: string[]): void {
	execFileSync(process.execPath, [join(root, script), ...options], {
		cwd: root,
		stdio: "inherit",
	});
}

/** The name of another Vivace among the servers of a run. */
export const baselineName = "vivace-before";

/**
 * Puts another Vivace beside the one that is built here, with a copy of the compiled servers that run on it. The rest is the same for both:
 * Node, the schema library, the server's text.
 *
 * @param baseline a checkout with its dependencies, which builds itself, or a tarball
 * @returns the server that runs on it
 */
export function installBaseline(folder: string, baseline: string): string {
	const place = join(folder, "node_modules/.baseline");
	const target = join(place, "node_modules/vivace");
	rmSync(place, { force: true, recursive: true });
	mkdirSync(target, { recursive: true });
	const path = resolve(baseline);
	if (path.endsWith(".tgz")) {
		const options = ["--strip-components=1", "-C", target];
		execFileSync("tar", ["-xzf", path, ...options], { stdio: "inherit" });
	} else {
		execFileSync(process.execPath, [join(path, "scripts/build.ts"), target], {
			cwd: path,
			stdio: "inherit",
		});
	}
	writeFileSync(join(place, "package.json"), '{ "type": "module" }\n');
	cpSync(join(folder, "dist"), place, { recursive: true });
	return join(place, "vivace.js");
}

/** Compiles a bench's servers by its `tsconfig.json`, which also checks that they use their frameworks rightly. */
export function compileServers(folder: string): void {
	rmSync(join(folder, "dist"), { force: true, recursive: true });
	execFileSync(join(root, "node_modules/.bin/tsc"), ["--project", folder], {
		stdio: "inherit",
	});
}
