import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { shortPath } from "./find-program.ts";

/**
 * Why a program could not be imported: place, line of code and message, without the frames of Node and of this package.
 *
 * @param lastFile the file of it that was loaded last
 */
export function loadFailureText(
	error: unknown,
	program: string,
	lastFile: string,
): string {
	const what = `${shortPath(program)} could not be loaded`;
	if (!(error instanceof Error)) {
		return `${what}: it threw ${String(error)}`;
	}
	const stack = ownFrames(error.stack ?? error.message);
	// Node knows the place of a mistake in plain JavaScript, but tells it only when it prints the error itself
	const place =
		error instanceof SyntaxError && !stack.includes("file:")
			? check(lastFile)
			: "";
	const advice = isModuleInCommonJs(error)
		? `\nIt is a module, but the nearest package.json does not say so: write "type": "module" into ${nearestPackageJson(lastFile)}`
		: lacksDatabase(error)
			? "\nvivace/database needs two packages beside vivace: npm install vivace-database kysely"
			: missingPackage(error);
	return `${what}\n${place || stack}${advice}`;
}

/** Node takes the file for CommonJS, as `npm init` has it. */
function isModuleInCommonJs({ message }: Error): boolean {
	return /^(?:Cannot use import statement outside a module|Unexpected token 'export'|await is only valid in async functions and the top level bodies of modules)$/.test(
		message,
	);
}

/** These are imported with `vivace/database`; the other optional packages when they are needed, where a setup error names them. */
function lacksDatabase({ message }: Error): boolean {
	return /^Cannot find package '(?:kysely|vivace-database)'/.test(message);
}

/** The advice for a package that the program itself imports, as `zod`. */
function missingPackage({ message }: Error): string {
	const [, name, importer = ""] =
		/^Cannot find package '([^']+)' (?:imported )?from '?([^'\n]+)/.exec(
			message,
		) ?? [];
	return name === undefined || importer.includes("node_modules")
		? ""
		: `\nThe package "${name}" is not installed: npm install ${name}`;
}

/** Node's own `findPackageJSON` is missing on Bun, where an import of it would end every command. */
function nearestPackageJson(file: string): string {
	let folder = dirname(file);
	while (!existsSync(join(folder, "package.json"))) {
		if (dirname(folder) === folder) {
			return "a package.json beside it";
		}
		folder = dirname(folder);
	}
	return shortPath(join(folder, "package.json"));
}

function ownFrames(stack: string): string {
	return stack
		.split("\n")
		.filter((line) => !isForeignFrame(line))
		.join("\n");
}

function isForeignFrame(line: string): boolean {
	return (
		/^\s+at /.test(line) &&
		(line.includes("node:") || line.includes(import.meta.dirname))
	);
}

function check(file: string): string {
	const { stderr } = spawnSync(process.execPath, ["--check", file], {
		encoding: "utf8",
	});
	return ownFrames(stderr)
		.replace(/\s*Node\.js v[\d.]+\s*$/, "")
		.trim();
}
