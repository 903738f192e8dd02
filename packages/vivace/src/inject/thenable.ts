/** True for what `await` waits for: a promise, or what only has its `then`, as a query of Drizzle or Prisma. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
	return (
		value !== null &&
		typeof value === "object" &&
		typeof (value as { readonly then?: unknown }).then === "function"
	);
}

/** The result of a function, in which what can be awaited is a promise: a query begins to run only when that is asked for. */
export function awaitable(result: unknown): unknown {
	// most results are values or promises: told apart here, for one call less in every request
	if (
		result === null ||
		typeof result !== "object" ||
		result instanceof Promise ||
		!("then" in result)
	) {
		return result;
	}
	return isThenable(result) ? Promise.resolve(result) : result;
}
