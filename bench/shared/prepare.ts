import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Installs the peers that a bench's lock file names into its own folder, and builds Vivace as it is published among them. */
export function installPeers(folder: string): void {
	run("scripts/build.ts");
	installLocked(folder);
	const link = join(folder, "node_modules/vivace");
	rmSync(link, { force: true, recursive: true });
	symlinkSync(join(root, "packages/vivace/dist"), link, "junction");
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

/** Compiles a bench's servers by its `tsconfig.json`, which also checks that they use their frameworks rightly. */
export function compileServers(folder: string): void {
	rmSync(join(folder, "dist"), { force: true, recursive: true });
	execFileSync(join(root, "node_modules/.bin/tsc"), ["--project", folder], {
		stdio: "inherit",
	});
}
