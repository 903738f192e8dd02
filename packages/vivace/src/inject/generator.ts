/** The result of calling a generator function. */
export type AnyGenerator =
	| Generator<unknown, unknown, unknown>
	| AsyncGenerator<unknown, unknown, unknown>;

/**
 * True for what a generator function gives, also through a wrapper. The tag tells it from values that can merely be iterated, such as a
 * list or a stream.
 */
export function isGenerator(value: unknown): value is AnyGenerator {
	if (value === null || typeof value !== "object") {
		return false;
	}
	const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[
		Symbol.toStringTag
	];
	return tag === "AsyncGenerator" || tag === "Generator";
}

/** True for a function whose form says that it gives a generator; one that wraps it does not say so. */
export function isGeneratorFunction(value: unknown): boolean {
	return /^\[object (Async)?GeneratorFunction\]$/.test(
		Object.prototype.toString.call(value),
	);
}
