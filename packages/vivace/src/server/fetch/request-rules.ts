import { isHost } from "../../http/request-origin.ts";
import type { RefusalStatus } from "./fetch-platform.ts";

/** The last that was well-formed: a server is asked for by few names. */
let rightHost: string | undefined;

/**
 * The status with which a request is refused that a runtime's parser takes and HTTP does not; `undefined` when it is right. A runtime
 * joins several `Host` lines, which are no host then (RFC 9112 §3.2), and refuses a request without one, but for HTTP/1.0.
 */
export function refusalOf({
	method,
	headers,
}: globalThis.Request): RefusalStatus | undefined {
	const host = headers.get("host");
	if (host !== null && host !== rightHost) {
		if (host !== "" && !isHost(host)) {
			return 400;
		}
		rightHost = host;
	}
	if (method === "CONNECT") {
		return 501;
	}
	const expectation = headers.get("expect");
	return expectation === null || expectation.toLowerCase() === "100-continue"
		? undefined
		: 417;
}
