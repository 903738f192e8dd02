import type { DependencyGraph } from "../inject/graph.ts";
import type { SocketDefaults } from "./socket-defaults.ts";
import type { SocketOperation } from "./socket-operation.ts";

/**
 * Tells, in development, of sockets that pages of any origin open with the cookies of whoever looks at them (cross-site WebSocket
 * hijacking): CORS does not hold for sockets.
 *
 * @param warn gets one line for all of them
 */
export function warnOfOpenOrigins(
	sockets: ReadonlyMap<SocketOperation, DependencyGraph>,
	defaults: SocketDefaults,
	warn: (line: string) => void,
): void {
	if (globalThis.process?.env.NODE_ENV !== "development") {
		return;
	}
	const open = [...sockets].flatMap(([{ operation, options }, graph]) =>
		(options.allowedOrigins ?? defaults.allowedOrigins) === undefined &&
		readsCookies(graph)
			? [operation.where]
			: [],
	);
	const [first] = open;
	if (first !== undefined) {
		const more = open.length === 1 ? "" : ` (and ${open.length - 1} more)`;
		warn(
			`${first}${more} reads cookies, and pages of any origin may open it with those of their visitors; write new App({ sockets: { allowedOrigins: "same" } }), or "any" if that is meant.`,
		);
	}
}

function readsCookies({ fields, security }: DependencyGraph): boolean {
	return (
		fields.some(({ source }) => source === "cookie") ||
		security.some(({ declaration: { scheme } }) => scheme.in === "cookie")
	);
}
