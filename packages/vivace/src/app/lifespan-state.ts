import { LifespanError } from "../errors/setup-error.ts";
import type { AppState } from "./owned-lifespan.ts";

/** One record of all that the lifespan functions of an app and its routers have yielded. */
export function joinedState(
	lifespans: readonly { readonly name: string; readonly yielded: unknown }[],
): AppState {
	const state: Record<string, unknown> = {};
	const owners = new Map<string, string>();
	for (const { name, yielded } of lifespans) {
		const record = yielded ?? {};
		if (typeof record !== "object") {
			throw new LifespanError(
				`${name} yielded a ${typeof record}; yield a record, for instance { model }, or nothing.`,
			);
		}
		for (const [key, value] of Object.entries(record)) {
			const owner = owners.get(key);
			if (owner !== undefined) {
				throw new LifespanError(
					`${name} and ${owner} both yield "${key}"; give one of them another name.`,
				);
			}
			owners.set(key, name);
			state[key] = value;
		}
	}
	return state;
}

/**
 * Adds what the lifespans have yielded to what the program has written into the app's state.
 *
 * @throws LifespanError where both have a name
 */
export function addYielded(
	state: Record<string, unknown>,
	yielded: AppState,
	{ title }: { readonly title: string },
): void {
	const twice = Object.keys(yielded).find((name) => Object.hasOwn(state, name));
	if (twice !== undefined) {
		throw new LifespanError(
			`App "${title}": its lifespan yields "${twice}", which app.state has already; give one of them another name.`,
		);
	}
	Object.assign(state, yielded);
}
