import type { Request } from "../http/request.ts";

/** The first of a route's subprotocols that the client of a handshake offers too. */
export function preferredOf(
	request: Request,
	subprotocols: readonly string[],
): string | undefined {
	return subprotocols.length === 0
		? undefined
		: subprotocols.find(isIn(offeredBy(request)));
}

function offeredBy(request: Request): readonly string[] {
	return request.header("sec-websocket-protocol")?.split(/\s*,\s*/) ?? [];
}

function isIn(offered: readonly string[]): (name: string) => boolean {
	return (name) => offered.includes(name);
}
