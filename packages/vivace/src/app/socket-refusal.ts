import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";

/** As FastAPI's server answers where a socket is closed before it is accepted: code and reason are lost. */
export function socketRefusal(): Response {
	return new Response(null, { status: 403 });
}

/** The answer to a handshake whose handler has ended before it: that the server stops is no mistake of the client's, who may come back. */
export function endedHandshake({ signal }: Request): Response {
	return signal.reason === "shutdown"
		? new Response(null, { status: 503, headers: { "retry-after": "1" } })
		: socketRefusal();
}
