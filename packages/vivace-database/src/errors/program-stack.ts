/** Frames that are looked at: a session, Kysely and a service may lie between a line and its mistake. */
const frameDepth = 60;
const mostFrames = 10;

/** Lets the stack of an error begin at the line of the program that called this package. */
export function beginAtProgram(error: Error): void {
	const own = programFrames();
	if (own.length > 0) {
		const head = `${error.constructor.name}: ${error.message}`;
		error.stack = [head, ...own].join("\n");
	}
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

/** True for a line of a stack that names a place. */
export function isFrame(line: string): boolean {
	return /^\s*at /.test(line);
}

/**
 * Where the packages are whose frames are not the program's; the framework adds itself. Only for those that are not in `node_modules`: linked,
 * or a workspace's.
 */
const homes: Set<string> = homesOf(globalThis);

// bundled as CommonJS, a module has no address
const address =
	(import.meta.url as string | undefined) ?? "file:///bundle/main";
const home = new URL("..", address).href;
homes.add(home).add(decodeURI(home.replace("file://", "")));

function homesOf(shared: { [key: symbol]: unknown }): Set<string> {
	const key = Symbol.for("vivace.packageHomes");
	shared[key] ??= new Set<string>();
	return shared[key] as Set<string>; // nobody else uses the symbol
}

/** False for what is a package's or the runtime's. */
function isProgramFrame(frame: string): boolean {
	return (
		!/node:|ext:|node_modules/.test(frame) &&
		/[/\\]/.test(frame) &&
		!homes.values().some((each) => frame.includes(each))
	);
}
