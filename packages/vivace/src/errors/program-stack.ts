/** Frames that are looked at: a graph of dependencies, or a session, Kysely and a service, may lie between a line and its mistake. */
const frameDepth = 60;
const mostFrames = 10;

/**
 * Lets the stack of an error begin at the line of the program that called the framework: what lies above is none of its business, and could
 * be so deep that the line is missing.
 *
 * @returns the error
 */
export function beginAtProgram<Made extends Error>(error: Made): Made {
	setFrames(error, stackFrames());
	return error;
}

/** Lets the stack of an error begin where another was made. */
export function beginAt(error: Error, { stack = "" }: Error): void {
	setFrames(error, stack.split("\n").filter(isFrame));
}

function setFrames(error: Error, frames: readonly string[]): void {
	const first = frames.findIndex(isProgramFrame);
	if (first === -1) {
		return;
	}
	const head = `${error.constructor.name}: ${error.message}`;
	error.stack = [head, ...frames.slice(first, first + mostFrames)].join("\n");
}

/** The frames of the program among those of the call that is under way, the innermost first. */
export function programFrames(): readonly string[] {
	return stackFrames().filter(isProgramFrame).slice(0, mostFrames);
}

/** The frames of the call that is under way, as many as are looked at. */
export function stackFrames(): readonly string[] {
	const limit = Error.stackTraceLimit;
	Error.stackTraceLimit = frameDepth;
	const { stack = "" } = new Error();
	Error.stackTraceLimit = limit;
	return stack.split("\n").filter(isFrame);
}

/** The line of the program at which an error was made, `src/books.ts:12`; `undefined` where its stack has none. */
export function programPlace({ stack = "" }: Error): string | undefined {
	const frame = stack.split("\n").find(isProgramFrame);
	const [, at, line] = /([^\s(]*):(\d+):\d+\)?$/.exec(frame ?? "") ?? [];
	if (at === undefined) {
		return undefined;
	}
	const path = decodeURI(at.replace("file://", ""));
	const here = `${globalThis.process?.cwd() ?? ""}/`;
	return `${path.startsWith(here) ? path.slice(here.length) : path}:${line}`;
}

/** True for a line of a stack that names a place. */
export function isFrame(line: string): boolean {
	return /^\s*at /.test(line);
}

/** Where the packages are that are ours: this one, and others that are linked or of the same workspace, which add themselves. */
const homes: Set<string> = homesOf(globalThis);

/** Its `src`, or the folder above what is built of it. */
const home = new URL(
	"..",
	// bundled as CommonJS, a module has no address
	(import.meta.url as string | undefined) ?? "file:///bundle/main",
).href;
homes.add(home).add(decodeURI(home.replace("file://", "")));

function homesOf(shared: { [key: symbol]: unknown }): Set<string> {
	const key = Symbol.for("vivace.packageHomes");
	shared[key] ??= new Set<string>();
	return shared[key] as Set<string>; // nobody else uses the symbol
}

/** False for what is Vivace's, a package's or the runtime's. */
function isProgramFrame(frame: string): boolean {
	return (
		isFrame(frame) &&
		!/node:|ext:|node_modules/.test(frame) &&
		!homes.values().some((each) => frame.includes(each)) &&
		/[/\\]/.test(frame)
	);
}
