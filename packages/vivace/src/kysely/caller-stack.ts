/** Frames that are looked at: a session, Kysely and a service of the program's own lie between a driver and a handler. */
const frameDepth = 60;
const mostFrames = 10;

/**
 * Puts the lines of the program that wait for a statement behind the error's own stack: drivers make their errors where nothing is left of
 * them. What is Vivace's, a package's or the runtime's is left out, unless there is nothing else.
 */
export function callerStack(error: Error): void {
	const limit = Error.stackTraceLimit;
	Error.stackTraceLimit = frameDepth;
	const frames = (new Error().stack ?? "").split("\n").filter(isFrame);
	Error.stackTraceLimit = limit;
	const own = frames.filter(isProgram).slice(0, mostFrames);
	const { stack = `${error.name}: ${error.message}` } = error;
	const lines = stack.split("\n");
	const first = lines.findIndex(isFrame);
	const head = first === -1 ? lines : lines.slice(0, first);
	error.stack =
		own.length > 0
			? [...head, ...own].join("\n")
			: [stack, ...frames.slice(1)].join("\n");
}

/** {@link callerStack} for an error that is thrown on. */
export function withCaller(error: unknown): unknown {
	if (error instanceof Error) {
		callerStack(error);
	}
	return error;
}

function isFrame(line: string): boolean {
	return /^\s*at /.test(line);
}

/** Where this package is: its `src`, or the folder above what is built of it. */
const home = new URL(
	"..",
	// bundled as CommonJS, a module has no address
	(import.meta.url as string | undefined) ?? "file:///bundle/main",
).href;

function isProgram(frame: string): boolean {
	return (
		!frame.includes("node:") &&
		!frame.includes("node_modules") &&
		!frame.includes(home) &&
		!frame.includes(home.replace("file://", "")) &&
		/[/\\]/.test(frame)
	);
}
