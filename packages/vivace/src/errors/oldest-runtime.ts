/** A process, as far as it says which Node it is. */
interface Versions {
	readonly version?: string;
}

/**
 * The sentence for a runtime that is too old; `undefined` for one that is not. By what it lacks: Node 24 has brought it, and every Bun and
 * Deno on which this package runs has it.
 */
export function tooOld(
	pattern: { readonly escape?: unknown },
	{ version }: Versions = {},
): string | undefined {
	return typeof pattern.escape === "function"
		? undefined
		: `Vivace needs Node 24 or later${version === undefined ? "" : `; this is ${version}`}.`;
}

// The first that is evaluated of the package, before anything that an old runtime does not know is called. It is parsed all the same: none
// of the published sources has syntax that Node 20 can't parse (test/conventions.test.ts).
const problem = tooOld(RegExp, globalThis.process);
if (problem !== undefined) {
	throw new Error(problem);
}
