import { spawnSync } from "node:child_process";
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
	return `${what}\n${place || stack}`;
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
