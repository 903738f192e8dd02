import type { OptionRules } from "../errors/options.ts";
import { isToken } from "../http/token.ts";
import { requestRules, type TestRequest } from "./test-request.ts";

/** Options of `TestClient.websocket`; of each member holds what {@link TestRequest} says. */
export interface TestSocketOptions
	extends Pick<
		TestRequest,
		"query" | "headers" | "cookies" | "auth" | "client"
	> {
	/** Offered to the app, the one that the client likes most first. Default: none. */
	readonly subprotocols?: readonly string[];
}

/** Rules of {@link TestSocketOptions}. */
export const socketRules: OptionRules<TestSocketOptions> = {
	query: requestRules.query,
	headers: requestRules.headers,
	cookies: requestRules.cookies,
	auth: requestRules.auth,
	client: requestRules.client,
	subprotocols: {
		isMember: isToken,
		words: 'a list of tokens such as "chat.v2"',
	},
};

/** The header line that offers subprotocols, if there are any. */
export function offerLines(
	subprotocols: readonly string[] = [],
): (readonly [string, string])[] {
	return subprotocols.length === 0
		? []
		: [["sec-websocket-protocol", subprotocols.join(", ")]];
}
