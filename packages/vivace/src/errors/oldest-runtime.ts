/** A process, as far as it says what runs it. */
interface Runtime {
	readonly version?: string;
	readonly versions?: Readonly<Record<string, string | undefined>>;
}

/** As Bun and Deno call themselves too, of which each has another engine or another build of it. */
const disposesNothingCaptured = /^v24\.[0-4]\./;

/**
 * The sentence for a runtime that is too old; `undefined` for one that is not. By what it lacks: Node 24 has brought `RegExp.escape`, and every
 * Bun and Deno on which this package runs has it. The V8 of Node 24.0 to 24.4 never disposes of what `using` or `await using` has declared if a
 * function refers to it: a server or a database of such a program is not closed, and nothing says so.
 */
export function tooOld(
	pattern: { readonly escape?: unknown },
	{ version, versions = {} }: Runtime = {},
): string | undefined {
	const isNode =
		versions["bun"] === undefined && versions["deno"] === undefined;
	const isFaulty =
		isNode && version !== undefined && disposesNothingCaptured.test(version);
	return typeof pattern.escape === "function" && !isFaulty
		? undefined
		: `Vivace needs Node 24.5 or later${version === undefined ? "" : `; this is ${version}`}.`;
}

// The first that is evaluated of the package, before anything that an old runtime does not know is called. It is parsed all the same: none
// of the published sources has syntax that Node 20 can't parse (test/conventions.test.ts).
const problem = tooOld(RegExp, globalThis.process);
if (problem !== undefined) {
	throw new Error(problem);
}
