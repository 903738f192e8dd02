import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import {
	type Middleware,
	makesMiddleware,
	markPreflighted,
} from "../http/middleware.ts";
import type { Request } from "../http/request.ts";
import { isOrigin, originRemedy } from "../http/request-origin.ts";
import { Response } from "../http/response.ts";
import type { ResponseHeaders } from "../http/response-headers.ts";

/** Who may read the app's responses from a page of another origin, and how. */
export interface CorsOptions {
	/** Origins as browsers send them, `"https://example.com"`, without a path; `"*"` for all. Default: none. */
	readonly allowOrigins?: readonly string[];
	/** Must match the whole origin; in addition to `allowOrigins`. Default: none. */
	readonly allowOriginRegex?: string | RegExp;
	/** Methods, upper case; `"*"` for all usual ones. Default: `GET`. */
	readonly allowMethods?: readonly string[];
	/**
	 * Request headers; `"*"` for all. `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` are always allowed. Default: no
	 * others.
	 */
	readonly allowHeaders?: readonly string[];
	/**
	 * True when cookies and `Authorization` may be sent; an error together with `"*"`, which would let any page act as its visitor.
	 * Default: `false`.
	 */
	readonly allowCredentials?: boolean;
	/** Response headers that the page may read. Default: none. */
	readonly exposeHeaders?: readonly string[];
	/** How long a browser may cache a preflight response, in seconds. Default: 600. */
	readonly maxAge?: number;
	/** True when public pages may call an app in a private network. Default: `false`. */
	readonly allowPrivateNetwork?: boolean;
}

/**
 * Cross-origin resource sharing: responds to preflight requests (200 `OK`, or 400 `Disallowed CORS origin` and similar) and adds the
 * headers that let a page read the other responses. Requests of origins that are not allowed get responses without these headers.
 *
 * @throws SetupError `VIV_OPTION` for an origin or a method that no browser would ever send, and for all origins with credentials
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { cors } from "vivace/middleware";
 *
 * const app = new App();
 * app.use(cors({ allowOrigins: ["https://example.com"], allowCredentials: true }));
 * ```
 * @see FastAPI, "CORS (Cross-Origin Resource Sharing)"; Starlette, "CORSMiddleware"; the Fetch standard, "CORS protocol"
 */
export function cors(options: CorsOptions = {}): Middleware {
	assertOptions("cors()", options, rules);
	const policy = toPolicy(options);
	return markPreflighted((request, next) => {
		const origin = request.header("origin");
		if (origin === undefined) {
			return next(request).then(varyByOrigin);
		}
		const requestedMethod =
			request.method === "OPTIONS"
				? request.header("access-control-request-method")
				: undefined;
		return requestedMethod === undefined
			? next(request).then((response) => shareWith(response, origin, policy))
			: preflight(request, origin, requestedMethod, policy);
	});
}

makesMiddleware(cors);

/** {@link CorsOptions} made ready for requests. */
interface Policy {
	readonly isAllowed: (origin: string) => boolean;
	/** True when the answer names the origin rather than `*`. */
	readonly namesOrigin: boolean;
	readonly methods: ReadonlySet<string>;
	/** In lower case; `undefined` is all. */
	readonly headers: ReadonlySet<string> | undefined;
	readonly allowPrivateNetwork: boolean;
	/** Headers of each preflight. */
	readonly preflightHeaders: readonly (readonly [string, string])[];
	/** Headers of each other answer. */
	readonly sharedHeaders: readonly (readonly [string, string])[];
}

const allMethods = "DELETE GET HEAD OPTIONS PATCH POST PUT QUERY".split(" ");
// the Fetch standard allows these without asking
const safeHeaders = [
	"Accept",
	"Accept-Language",
	"Content-Language",
	"Content-Type",
];
const preflightVary =
	"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";

const rules: OptionRules<CorsOptions> = {
	allowOrigins: "texts",
	allowOriginRegex: (value) =>
		typeof value === "string" || value instanceof RegExp
			? undefined
			: "a text or a regular expression",
	allowMethods: "texts",
	allowHeaders: "texts",
	allowCredentials: "boolean",
	exposeHeaders: "texts",
	maxAge: "any", // assertMaxAge
	allowPrivateNetwork: "boolean",
};

function toPolicy(options: CorsOptions): Policy {
	const origins = new Set(options.allowOrigins);
	for (const origin of origins) {
		assertOrigin(origin);
	}
	assertMaxAge(options.maxAge);
	const allowsAll = origins.has("*");
	if (allowsAll && options.allowCredentials === true) {
		throw new SetupError(
			"VIV_OPTION",
			'cors: allowOrigins: ["*"] with allowCredentials would let any page act with its visitor\'s cookies; list the origins, or write allowOriginRegex: ".*" if you mean all of them.',
		);
	}
	const expression = wholeMatch(options.allowOriginRegex);
	const { allowMethods = ["GET"], allowHeaders = [] } = options;
	for (const method of allowMethods) {
		assertMethod(method);
	}
	const methods = allowMethods.includes("*") ? allMethods : allowMethods;
	const headers = allowHeaders.includes("*")
		? undefined
		: [...new Set([...safeHeaders, ...allowHeaders])].sort();
	const credentials = header(
		options.allowCredentials && "access-control-allow-credentials",
		"true",
	);
	const anyOrigin = header(allowsAll && "access-control-allow-origin", "*");
	return {
		isAllowed: (origin) =>
			allowsAll || origins.has(origin) || expression?.test(origin) === true,
		namesOrigin: !allowsAll,
		methods: new Set(methods),
		headers: headers && new Set(headers.map((name) => name.toLowerCase())),
		allowPrivateNetwork: options.allowPrivateNetwork === true,
		preflightHeaders: [
			...header("vary", preflightVary),
			...anyOrigin,
			...header("access-control-allow-methods", methods.join(", ")),
			...header("access-control-max-age", String(options.maxAge ?? 600)),
			...header(headers && "access-control-allow-headers", headers?.join(", ")),
			...credentials,
		],
		sharedHeaders: [
			...anyOrigin,
			...credentials,
			...header(
				"access-control-expose-headers",
				options.exposeHeaders?.join(", "),
			),
		],
	};
}

/** One line, or none where the name or the value is missing. */
function header(
	name: string | false | undefined,
	value: string | undefined,
): readonly (readonly [string, string])[] {
	return name && value ? [[name, value]] : [];
}

function preflight(
	request: Request,
	origin: string,
	requestedMethod: string,
	policy: Policy,
): Response {
	const response = new Response("OK", {
		headers: policy.preflightHeaders,
		mediaType: "text/plain",
	});
	const { headers } = response;
	const refused: string[] = [];
	if (!policy.isAllowed(origin)) {
		refused.push("origin");
	} else if (policy.namesOrigin) {
		headers.set("access-control-allow-origin", origin);
	}
	if (!policy.methods.has(requestedMethod)) {
		refused.push("method");
	}
	if (!allowHeaders(request, headers, policy)) {
		refused.push("headers");
	}
	if (!allowPrivateNetwork(request, headers, policy)) {
		refused.push("private-network");
	}
	if (refused.length > 0) {
		response.status = 400;
		response.body = `Disallowed CORS ${refused.join(", ")}`;
	}
	return response;
}

function allowHeaders(
	request: Request,
	headers: ResponseHeaders,
	policy: Policy,
): boolean {
	const requested = request.header("access-control-request-headers");
	if (requested === undefined) {
		return true;
	}
	if (policy.headers === undefined) {
		headers.set("access-control-allow-headers", requested);
		return true;
	}
	return requested
		.split(",")
		.every((name) => policy.headers?.has(name.trim().toLowerCase()));
}

function allowPrivateNetwork(
	request: Request,
	headers: ResponseHeaders,
	policy: Policy,
): boolean {
	const name = "access-control-request-private-network";
	if (request.header(name) === undefined) {
		return true;
	}
	if (policy.allowPrivateNetwork) {
		headers.set("access-control-allow-private-network", "true");
	}
	return policy.allowPrivateNetwork;
}

function shareWith(
	response: Response,
	origin: string,
	policy: Policy,
): Response {
	const { headers } = response;
	for (const [name, value] of policy.sharedHeaders) {
		headers.set(name, value);
	}
	if (policy.namesOrigin && policy.isAllowed(origin)) {
		headers.set("access-control-allow-origin", origin);
	}
	return varyByOrigin(response);
}

/** Also without an origin: a shared cache must not hand this answer to a page that sends one. */
function varyByOrigin(response: Response): Response {
	response.headers.addVary("Origin");
	return response;
}

function wholeMatch(regex: string | RegExp | undefined): RegExp | undefined {
	if (regex === undefined) {
		return undefined;
	}
	const source = typeof regex === "string" ? regex : regex.source;
	const flags = typeof regex === "string" ? "" : regex.flags;
	// without g and y, which remember where the last match ended
	return new RegExp(`^(?:${source})$`, flags.replaceAll(/[gy]/g, ""));
}

function assertOrigin(origin: string): void {
	if (origin === "*" || origin === "null") {
		return;
	}
	if (origin.includes("*")) {
		throw new SetupError(
			"VIV_OPTION",
			`cors: allowOrigins takes whole origins or "*", but got "${origin}"; write a pattern as allowOriginRegex`,
		);
	}
	if (!isOrigin(origin)) {
		throw new SetupError(
			"VIV_OPTION",
			`cors: allowOrigins has ${JSON.stringify(origin)}, which is no origin as browsers send it; ${originRemedy(origin)}`,
		);
	}
}

/** Methods are compared as they are (RFC 9110 §9.1), and those of routes are in upper case. */
function assertMethod(method: string): void {
	if (!/^[A-Z*][A-Z0-9_-]*$/.test(method)) {
		const meant = method.toUpperCase();
		const remedy = /^[A-Z]+$/.test(meant)
			? `write ${JSON.stringify(meant)}`
			: "give each method as a text of its own";
		throw new SetupError(
			"VIV_OPTION",
			`cors: a method in allowMethods is written in upper case, such as "POST", but got ${JSON.stringify(method)}; ${remedy}`,
		);
	}
}

function assertMaxAge(maxAge = 0): void {
	if (!Number.isInteger(maxAge)) {
		throw new SetupError(
			"VIV_OPTION",
			`cors: maxAge is a whole number of seconds, but got ${maxAge}`,
		);
	}
}
