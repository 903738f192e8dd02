import { execFile } from "node:child_process";
import {
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rm,
	symlink,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./source-files.ts";

/** The output of the compiler. */
export interface TypeCheckResult {
	/** Its errors, one a line; empty when there are none. */
	readonly errors: string;
	/** How many types it instantiated: the cost of checking, the same on every machine. */
	readonly instantiations: number;
}

/**
 * Checks programs as a project of their own that has installed what the workspace has.
 *
 * @param files texts by path
 * @param others folders of packages that stand for the workspace's, by name
 */
export async function typeCheck(
	files: Readonly<Record<string, string>>,
	others: Readonly<Record<string, string>> = {},
): Promise<TypeCheckResult> {
	const folder = await mkdtemp(join(tmpdir(), "vivace-types-"));
	try {
		for (const [path, text] of Object.entries(files)) {
			await mkdir(dirname(join(folder, path)), { recursive: true });
			await writeFile(join(folder, path), text);
		}
		await linkPackages(join(folder, "node_modules"), others);
		await writeFile(
			join(folder, "package.json"),
			JSON.stringify({ type: "module" }),
		);
		const { compilerOptions } = JSON.parse(
			await readFile(join(root, "tsconfig.json"), "utf8"),
		);
		await writeFile(
			join(folder, "tsconfig.json"),
			JSON.stringify({
				compilerOptions: {
					...compilerOptions,
					incremental: false,
					tsBuildInfoFile: undefined,
					moduleDetection: "force",
					// a package in place of another finds the workspace's others
					preserveSymlinks: true,
				},
				files: Object.keys(files),
			}),
		);
		return await compile(folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function linkPackages(
	folder: string,
	others: Readonly<Record<string, string>>,
): Promise<void> {
	const installed = join(root, "node_modules");
	await mkdir(folder);
	for (const name of await readdir(installed)) {
		await symlink(
			others[name] ?? join(installed, name),
			join(folder, name),
			"junction",
		);
	}
}

function compile(folder: string): Promise<TypeCheckResult> {
	const { promise, resolve, reject } = Promise.withResolvers<TypeCheckResult>();
	execFile(
		join(root, "node_modules/.bin/tsc"),
		["--project", folder, "--extendedDiagnostics", "--pretty", "false"],
		{ cwd: folder, maxBuffer: 64 * 1024 * 1024 },
		(error, stdout, stderr) => {
			const instantiations = /^Instantiations:\s+(\d+)/m.exec(stdout)?.[1];
			if (instantiations === undefined) {
				reject(new Error(`tsc failed: ${stdout}${stderr}`, { cause: error }));
				return;
			}
			const errors = stdout.split(/^Files:\s/m)[0]?.trim() ?? "";
			resolve({ errors, instantiations: Number(instantiations) });
		},
	);
	return promise;
}
