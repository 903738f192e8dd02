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

/** Path and query of a request, or the status with which it is refused. */
export function readTarget(
	request: globalThis.Request,
): string | RefusalStatus {
	return refusalOf(request) ?? targetOf(request.url);
}

/**
 * Path and query of an address as a runtime gives it; read by index, for `URL` is made in more time than all else of a plain request. Without
 * a usable host Bun gives the target alone.
 */
function targetOf(url: string): string {
	if (url.charCodeAt(0) === 0x2f) {
		return url;
	}
	const start = url.indexOf("/", url.indexOf("//") + 2);
	const end = url.indexOf("#", start);
	return end === -1 ? url.slice(start) : url.slice(start, end);
}
