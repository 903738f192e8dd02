import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { Finding } from "./check-finding.ts";

/** The findings of the project's own TypeScript, with its own settings. */
export async function typeFindings(): Promise<Finding[]> {
	const compiler = findCompiler();
	if (compiler === undefined) {
		return [
			{
				level: "note",
				text: "types were not checked: TypeScript is not installed here; npm install --save-dev typescript",
			},
		];
	}
	if (!existsSync("tsconfig.json")) {
		return [
			{
				level: "warning",
				text: 'there is no tsconfig.json, so that the editor checks types loosely; write one with "strict": true and "module": "nodenext" (npx vivace new shows one)',
			},
		];
	}
	const { status, stdout } = spawnSync(
		process.execPath,
		[compiler, "--noEmit", "--pretty", "false"],
		{ encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
	);
	return status === 0 ? [] : [...typeErrors(stdout)];
}

/** The compiler's program that the project has; `undefined` where it has none. */
export function findCompiler(): string | undefined {
	try {
		const { resolve: find } = createRequire(resolve("package.json"));
		return join(dirname(find("typescript/package.json")), "bin/tsc");
	} catch {
		return undefined;
	}
}

/** Each error is a line, and those that belong to it are indented. */
function* typeErrors(output: string): Generator<Finding> {
	const errors = output.trimEnd().split(/\n(?!\s)/);
	for (const text of errors.filter((each) => each !== "")) {
		yield { level: "error", text };
	}
}
