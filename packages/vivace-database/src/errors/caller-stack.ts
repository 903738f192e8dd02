import { isFrame, programFrames, stackFrames } from "./program-stack.ts";

/**
 * Puts the lines of the program that wait for a statement behind the error's own stack: drivers make their errors where nothing is left of
 * them. What is Vivace's, a package's or the runtime's is left out, unless there is nothing else.
 */
export function callerStack(error: Error): void {
	const own = programFrames();
	const { stack = `${error.name}: ${error.message}` } = error;
	const lines = stack.split("\n");
	const first = lines.findIndex(isFrame);
	const head = first === -1 ? lines : lines.slice(0, first);
	error.stack =
		own.length > 0
			? [...head, ...own].join("\n")
			: [stack, ...stackFrames().slice(1)].join("\n");
}

/** {@link callerStack} for an error that is thrown on. */
export function withCaller(error: unknown): unknown {
	if (error instanceof Error) {
		callerStack(error);
	}
	return error;
}
