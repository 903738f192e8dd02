import type { RequestSource } from "../../http/request-source.ts";
import { isToken } from "../../http/token.ts";

/** True when a request asks for a socket, well-formed or not (RFC 6455 §4.2.1); any other wish to upgrade is ignored (RFC 9110 §7.8). */
export function isHandshake(
	method: string | undefined,
	upgrade: string | null | undefined,
): boolean {
	return (
		method === "GET" &&
		(upgrade === "websocket" || upgrade?.toLowerCase() === "websocket")
	);
}

/** Sixteen bytes in Base64. */
const nonce = /^[+/0-9A-Za-z]{22}==$/;

/** The status with which a malformed handshake is refused, RFC 6455 §4.2.1 and §4.4; `undefined` when it is right. */
export function handshakeRefusal(
	handshake: Pick<RequestSource, "header">,
): 400 | 426 | undefined {
	const key = handshake.header("sec-websocket-key");
	if (key === undefined || !nonce.test(key)) {
		return 400;
	}
	if (handshake.header("sec-websocket-version") !== "13") {
		return 426;
	}
	const offered = handshake.header("sec-websocket-protocol");
	if (offered === undefined) {
		return undefined;
	}
	const names = offered.split(",").map((name) => name.trim());
	const isRight = names.every(isToken) && new Set(names).size === names.length;
	return isRight ? undefined : 400;
}
