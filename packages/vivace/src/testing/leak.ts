import { fileURLToPath } from "node:url";

/** Something that an app began and that was still there when it had stopped. */
export interface Leak {
	/** For instance `resource "pool"`, `background task "notify"`, `a timer`. */
	readonly what: string;
	/** The app's work at its beginning: `start`, `GET /items`, `stop`. */
	readonly during: string;
	/** Where it was made: file, line and column of the program, the innermost first; empty when only libraries took part. */
	readonly madeAt: readonly string[];
}

/** Tells what outlived an app, in a test. */
export class LeakError extends Error {
	override readonly name = "LeakError";
	readonly leaks: readonly Leak[];

	constructor(leaks: readonly Leak[]) {
		super(leakText(leaks));
		this.leaks = leaks;
	}
}

function leakText(leaks: readonly Leak[]): string {
	const what =
		leaks.length === 1
			? "something that it began is"
			: `${leaks.length} things that it began are`;
	const lines = leaks.map(({ what, during, madeAt }) => {
		const place = madeAt.length === 0 ? "" : `, made at ${madeAt[0]}`;
		const further = madeAt.slice(1).map((each) => `\n      from ${each}`);
		return `\n  - ${what}, begun during ${during}${place}${further.join("")}`;
	});
	return `the app has stopped, but ${what} still there:${lines.join("")}`;
}

/** Where the framework itself is, with a final slash. */
const ownFolder = fileURLToPath(new URL("..", import.meta.url));
const shownFrames = 3;
const framePlace =
	/^ +at (?:.*\()?(?:async )?((?:file:\/\/|\/|[A-Z]:\\)[^()]*:\d+:\d+)\)?$/;

/** Calls a function whose errors remember a long way. */
export function withLongStack<Result>(call: () => Result): Result {
	const { stackTraceLimit } = Error;
	Error.stackTraceLimit = 40;
	try {
		return call();
	} finally {
		Error.stackTraceLimit = stackTraceLimit;
	}
}

/** The program's own places in a stack, the innermost first. */
export function placesOf({ stack = "" }: Error): readonly string[] {
	const places = stack
		.split("\n")
		.flatMap((line) => framePlace.exec(line)?.[1] ?? [])
		.map(readable);
	const own = places.filter(
		(place) =>
			!place.startsWith(ownFolder) && !place.includes("/node_modules/"),
	);
	return own.slice(0, shownFrames);
}

/** With a path, as Bun has it, in place of a URL. */
function readable(place: string): string {
	if (!place.startsWith("file://")) {
		return place;
	}
	const [, url = "", position = ""] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? [];
	return fileURLToPath(url) + position;
}
