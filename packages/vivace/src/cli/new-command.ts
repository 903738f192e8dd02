import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Options of `vivace new`. */
export interface NewOptions {
	readonly template?: string;
	/** False installs no packages. */
	readonly install: boolean;
}

/**
 * Makes a new project by `create-vivace`: the one that is installed beside this package, else that of this package's version, which npm
 * gets. Resolves to its exit code.
 */
export async function newCommand(
	folder: string | undefined,
	{ template, install }: NewOptions,
	version: string,
): Promise<number> {
	const words = [
		...(folder === undefined ? [] : [folder]),
		...(template === undefined ? [] : ["--template", template]),
		...(install ? [] : ["--no-install"]),
	];
	const creator = installedCreator();
	const [command, ...before] =
		creator === undefined
			? ["npm", "exec", "--yes", `create-vivace@${version}`, "--"]
			: [process.execPath, creator];
	const { status } = spawnSync(command as string, [...before, ...words], {
		stdio: "inherit",
		shell: creator === undefined && process.platform === "win32",
	});
	return status ?? 1;
}

function installedCreator(): string | undefined {
	try {
		const { resolve } = createRequire(import.meta.url);
		return join(dirname(resolve("create-vivace/package.json")), "main.mjs");
	} catch {
		return undefined;
	}
}
