/** A request as far as its state is concerned. */
interface StatefulRequest {
	readonly context: { readonly state: Readonly<Record<string, unknown>> };
	readonly state: unknown;
}

/**
 * The state of a request: what its app's lifespan yielded, and what was written into that of the request that it is mounted in. What is
 * written here is written there as well, as into the one record that a request has in Starlette.
 */
export function requestState(
	yielded: Readonly<Record<string, unknown>>,
	outer: StatefulRequest | undefined,
): Record<string, unknown> {
	if (outer === undefined) {
		return { ...yielded };
	}
	const around = outer.state as Record<string, unknown>; // its own, whatever type its app gives it
	return new Proxy(
		{ ...yielded, ...written(around, outer.context.state) },
		{
			set(state, name, value) {
				return (
					Reflect.set(around, name, value) && Reflect.set(state, name, value)
				);
			},
			deleteProperty(state, name) {
				return (
					Reflect.deleteProperty(around, name) &&
					Reflect.deleteProperty(state, name)
				);
			},
		},
	);
}

/** The members of a state that are not from a lifespan. */
function written(
	state: Readonly<Record<string, unknown>>,
	yielded: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
	return Object.fromEntries(
		Object.entries(state).filter(
			([name, value]) =>
				!Object.hasOwn(yielded, name) || yielded[name] !== value,
		),
	);
}
