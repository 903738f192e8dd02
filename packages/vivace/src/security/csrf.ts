import { randomBytes } from "node:crypto";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { JSONResponse } from "../http/json-response.ts";
import {
	guarding,
	type Middleware,
	makesMiddleware,
} from "../http/middleware.ts";
import type { Request } from "../http/request.ts";
import {
	isOrigin,
	isOriginOfHost,
	originRemedy,
} from "../http/request-origin.ts";
import type { Response } from "../http/response.ts";
import { CookieKeys } from "./cookie-keys.ts";
import { sameSecret } from "./same-secret.ts";

/** Options of {@link csrf}. */
export interface CsrfOptions {
	/** Other origins whose pages may send, as browsers write them: `https://admin.example`. Default: none. */
	readonly trustedOrigins?: readonly string[];
	/** True for a request that need not be checked: a web hook, what a provider posts. Default: none. */
	readonly exempt?: (request: Request) => boolean;
	/**
	 * Secrets of 32 bytes at least, the newest first. With them a request that has cookies, but none of the headers that browsers have sent since
	 * 2020, must show a token: the cookie `__Host-csrf`, which every page can read, again in the header `X-CSRF-Token`. Default: none, such a
	 * request is no browser's and is let in.
	 */
	readonly tokenKeys?: readonly (string | Uint8Array)[];
}

const rules: OptionRules<CsrfOptions> = {
	trustedOrigins: "texts",
	exempt: "function",
	tokenKeys: "secret", // CookieKeys
};

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const tokenCookie = "__Host-csrf";
const tokenHeader = "x-csrf-token";

/**
 * Refuses what a page of another origin makes a browser send with this one's cookies: 403 before the body is read, for every method but GET,
 * HEAD and OPTIONS, and for sockets. By `Sec-Fetch-Site`; where a browser does not send that, by `Origin`, which must be this host.
 *
 * A handler must not change anything for GET. Behind a proxy `Host` must be the one that the browser asked for.
 *
 * @throws SetupError `VIV_OPTION` for what is no origin
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { csrf } from "vivace/middleware";
 *
 * const app = new App();
 * app.use(csrf({ trustedOrigins: ["https://admin.example"], exempt: (request) => request.path === "/hooks/payment" }));
 * ```
 * @see Go, `net/http.CrossOriginProtection`
 */
export function csrf(options: CsrfOptions = {}): Middleware {
	assertOptions("csrf()", options, rules);
	const { trustedOrigins = [], exempt, tokenKeys } = options;
	for (const origin of trustedOrigins) {
		assertOrigin(origin);
	}
	const trusted = new Set(trustedOrigins);
	const tokens =
		tokenKeys === undefined
			? undefined
			: new CookieKeys("csrf()", tokenKeys, "signed", "csrf token");
	return guarding((request, next) => {
		if (isSafe(request)) {
			if (tokens !== undefined) {
				offerToken(request, tokens);
			}
			return next(request);
		}
		const verdict = judge(request, trusted);
		const isAllowed =
			verdict === "unknown"
				? tokens === undefined || hasToken(request, tokens)
				: verdict === "same";
		return isAllowed || exempt?.(request) === true ? next(request) : refused();
	});
}

makesMiddleware(csrf);

/** A socket's handshake is a GET, but opens a way to change things. */
function isSafe(request: Request): boolean {
	return (
		safeMethods.has(request.method) &&
		request.header("upgrade")?.toLowerCase() !== "websocket"
	);
}

/** Where a request comes from, as far as its headers say. */
function judge(
	request: Request,
	trusted: ReadonlySet<string>,
): "same" | "other" | "unknown" {
	const origin = request.header("origin");
	const isTrusted = origin !== undefined && trusted.has(origin);
	const site = request.header("sec-fetch-site");
	if (site) {
		const isOwn = site === "same-origin" || site === "none";
		return isOwn || isTrusted ? "same" : "other";
	}
	if (!origin) {
		return "unknown";
	}
	return isTrusted || isOriginOfHost(origin, request.header("host"))
		? "same"
		: "other";
}

/** The cookie is signed, so that no other host of the domain can have set it, and came back in a header, which no other page can send. */
function hasToken(request: Request, tokens: CookieKeys): boolean {
	if (request.header("cookie") === undefined) {
		return true; // nothing of the browser's came along
	}
	const sent = request.cookies[tokenCookie] ?? "";
	return (
		tokens.read(sent) !== undefined &&
		sameSecret(request.header(tokenHeader) ?? "", sent)
	);
}

function offerToken(request: Request, tokens: CookieKeys): void {
	if (tokens.read(request.cookies[tokenCookie] ?? "")?.isCurrent) {
		return;
	}
	request.beforeSend((response: Response) => {
		const token = tokens.write(randomBytes(16).toString("base64url"));
		response.setCookie(tokenCookie, token, { secure: true, sameSite: "lax" });
	});
}

function refused(): Response {
	return new JSONResponse(
		{ detail: "Cross-origin request refused" },
		{ status: 403 },
	);
}

function assertOrigin(origin: unknown): void {
	if (!isOrigin(origin)) {
		throw new SetupError(
			"VIV_OPTION",
			`csrf(): trustedOrigins has ${JSON.stringify(origin)}, which is no origin as browsers send it; ${originRemedy(origin)}.`,
		);
	}
}
