import type { Request } from "../http/request.ts";

/**
 * Tells, in development, of what a middleware has set on a request as Express does, where the request goes on to a mounted app: that has a request
 * of its own, without it. `undefined` elsewhere.
 */
export function unseenTeller(
	warn: (line: string) => void,
): ((outer: Request, inner: Request) => void) | undefined {
	if (globalThis.process?.env.NODE_ENV !== "development") {
		return undefined;
	}
	const told = new Set<string>();
	return (outer, inner) => {
		const own = Object.keys(inner);
		for (const name of Object.keys(outer)) {
			if (!own.includes(name) && !told.has(name)) {
				told.add(name);
				warn(
					`request.${name} was set, which the app mounted at "${inner.rootPath}" does not see; write request.state.${name}, which it does`,
				);
			}
		}
	};
}
