import type { IncomingMessage } from "node:http";
import { authorityOf, isHost } from "../../http/request-origin.ts";

/** The last that was well-formed: a server is asked for by few names. */
let rightHost: string | undefined;

/**
 * The status with which a request is refused that Node's parser takes and HTTP does not; `undefined` when it is right. A target in
 * absolute form replaces `Host` (RFC 9112 §3.2.2), for whoever reads that later.
 */
export function refusalOf(
	incoming: IncomingMessage,
): 400 | 501 | 505 | undefined {
	const { rawHeaders, headers } = incoming;
	if (incoming.httpVersionMajor !== 1) {
		return 505; // 0.9 and 2.0, of which the parser knows no more than the number
	}
	const target = incoming.url as string; // always there on a server
	const hostIndex = onlyHost(rawHeaders);
	if (hostIndex === "several") {
		return 400;
	}
	const host = headers.host;
	if (host === undefined) {
		if (incoming.httpVersion !== "1.0") {
			return 400;
		}
	} else if (host !== rightHost) {
		if (host !== "" && !isHost(host)) {
			return 400;
		}
		rightHost = host;
	}
	if (target.charCodeAt(0) !== 0x2f && target !== "*") {
		const authority = authorityOf(target);
		if (authority === undefined || !isHost(authority)) {
			return 400;
		}
		headers.host = authority;
		if (hostIndex === undefined) {
			rawHeaders.push("Host", authority);
		} else {
			rawHeaders[hostIndex + 1] = authority;
		}
	}
	const coding = headers["transfer-encoding"];
	return coding === undefined ? undefined : refusalOfCoding(coding);
}

/** RFC 9112: without `chunked` at the end nobody knows where the body ends (§6.3), and no other coding is understood (§6.1). */
function refusalOfCoding(value: string): 400 | 501 | undefined {
	const codings = value.toLowerCase().split(",");
	if (codings.at(-1)?.trim() !== "chunked") {
		return 400;
	}
	return codings.length === 1 ? undefined : 501;
}

/** Where `Host` stands; Node itself keeps the first of several, which RFC 9112 §3.2 refuses. */
function onlyHost(
	rawHeaders: readonly string[],
): number | "several" | undefined {
	let found: number | undefined;
	for (let index = 0; index < rawHeaders.length; index += 2) {
		const name = rawHeaders[index] as string;
		if (name.length !== 4 || name.toLowerCase() !== "host") {
			continue;
		}
		if (found !== undefined) {
			return "several";
		}
		found = index;
	}
	return found;
}
