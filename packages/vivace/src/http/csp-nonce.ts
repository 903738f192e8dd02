import { assertArgument, isRecord } from "../errors/options.ts";
import type { Request } from "./request.ts";

/**
 * The nonce for inline scripts of this answer, `<script nonce="…">`, with which the Content-Security-Policy of `securityHeaders()` lets them run;
 * `undefined` where that middleware is not around.
 *
 * @example
 * ```ts
 * import { App, HTMLResponse } from "vivace";
 * import { cspNonce, securityHeaders } from "vivace/middleware";
 *
 * const app = new App();
 * app.use(securityHeaders());
 * app.get("/", {}, (_, request) => new HTMLResponse(`<script nonce="${cspNonce(request)}">console.log("in")</script>`));
 * ```
 */
export function cspNonce(request: Request): string | undefined {
	assertArgument("cspNonce()", "request", request, (value) =>
		isRecord(Object(value).locals) ? undefined : "the request",
	);
	const nonce = request.locals[nonceName];
	return typeof nonce === "string" ? nonce : undefined;
}

/** The member of `request.locals`. */
export const nonceName = "cspNonce";
