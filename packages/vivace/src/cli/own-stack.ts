import { readFileSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { causesOf } from "../errors/causes.ts";

/** One line of a stack. */
export interface StackFrame {
	/** The function; empty at the top of a module. */
	readonly name: string;
	/** From the working directory where it is below that; undefined for what has no file. */
	readonly file: string | undefined;
	readonly line: number;
	readonly column: number;
	/** True for the program's own, false for packages, this one and the runtime. */
	readonly isOwn: boolean;
}

/** A few lines of a file. */
export interface SourceExcerpt {
	/** Number of the first. */
	readonly start: number;
	readonly lines: readonly string[];
}

/** The frames of an error, the innermost first; none for what has no stack. */
export function stackFrames(error: unknown): StackFrame[] {
	const stack = error instanceof Error ? error.stack : undefined;
	return (stack ?? "").split("\n").flatMap((line) => {
		const frame = toFrame(line);
		return frame === undefined ? [] : [frame];
	});
}

const framePattern =
	/^\s+at (?:(?:async )?(?<name>.+?) \()?(?<place>.+?):(?<line>\d+):(?<column>\d+)\)?$/;

function toFrame(text: string): StackFrame | undefined {
	const groups = framePattern.exec(text)?.groups;
	if (groups === undefined) {
		return undefined;
	}
	const { name = "", place = "", line, column } = groups;
	const path = toPath(place.replace(/^async /, ""));
	return {
		name: name.replace(/^Object\./, ""),
		file: path === undefined ? undefined : shown(path),
		line: Number(line),
		column: Number(column),
		isOwn: path !== undefined && isOwnFile(path),
	};
}

function toPath(place: string): string | undefined {
	if (place.startsWith("file:")) {
		return fileURLToPath(place.split("?", 1)[0] ?? place);
	}
	return isAbsolute(place) ? place : undefined;
}

const packageFolder = join(import.meta.dirname, "..");

function isOwnFile(path: string): boolean {
	return (
		!path.includes(`${sep}node_modules${sep}`) && !isWithin(packageFolder, path)
	);
}

function isWithin(folder: string, path: string): boolean {
	return path.startsWith(folder + sep);
}

function shown(path: string): string {
	const folder = process.cwd();
	return isWithin(folder, path) ? relative(folder, path) : path;
}

/** The line of a frame with those around it; undefined where the file can't be read. */
export function excerptOf(
	{ file, line }: StackFrame,
	around = 2,
): SourceExcerpt | undefined {
	try {
		const lines = readFileSync(file ?? "", "utf8").split("\n");
		const start = Math.max(1, line - around);
		return line > lines.length
			? undefined
			: { start, lines: lines.slice(start - 1, line + around) };
	} catch {
		return undefined;
	}
}

/**
 * Rewrites the stacks of an error and its causes for the person who has written the program: its own frames first, the first with its
 * lines of source, those of packages and of the runtime as a number. A stack without own frames stays.
 */
export function foldStack(error: unknown): void {
	for (const link of causesOf(error)) {
		if (!(link instanceof Error) || folded.has(link)) {
			continue;
		}
		folded.add(link);
		const frames = stackFrames(link);
		const own = frames.filter(({ isOwn }) => isOwn);
		const [first, ...others] = own;
		if (first === undefined) {
			continue;
		}
		const foreign = frames.length - own.length;
		link.stack = [
			headOf(link),
			stackLine(first),
			...excerptText(first),
			...others.map(stackLine),
			...(foreign === 0 ? [] : [`    … ${foreignText(foreign)}`]),
		].join("\n");
	}
}

const folded = new WeakSet<Error>();

function foreignText(count: number): string {
	return count === 1
		? "1 frame of packages and the runtime"
		: `${count} frames of packages and the runtime`;
}

function headOf({ stack = "", name, message }: Error): string {
	const [head = ""] = stack.split(/\n\s+at /, 1);
	return head === "" ? `${name}: ${message}` : head;
}

/** A frame as people write it: `read_item (app.ts:12:9)`. */
export function frameText({ name, file, line, column }: StackFrame): string {
	const place = `${file}:${line}:${column}`;
	return name === "" ? place : `${name} (${place})`;
}

function stackLine(frame: StackFrame): string {
	return `    at ${frameText(frame)}`;
}

function excerptText(frame: StackFrame): string[] {
	const excerpt = excerptOf(frame);
	if (excerpt === undefined) {
		return [];
	}
	const { start, lines } = excerpt;
	const width = String(start + lines.length - 1).length;
	return lines.flatMap((line, index) => {
		const number = start + index;
		const isIt = number === frame.line;
		const text = `    ${isIt ? ">" : " "} ${String(number).padStart(width)} | ${line}`;
		return isIt ? [text, pointer(line, width, frame.column)] : [text];
	});
}

/** A caret under the column, behind the same tabs. */
function pointer(line: string, width: number, column: number): string {
	const blank = line.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
	return `      ${" ".repeat(width)} | ${blank}^`;
}
