import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import {
	guarding,
	type Middleware,
	makesMiddleware,
} from "../http/middleware.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";

/** Which values of the `Host` header an app accepts. */
export interface TrustedHostsOptions {
	/** Host names without a port; `"*.example.com"` means every subdomain, `"*"` every host. */
	readonly allowedHosts: readonly string[];
	/** Redirects `example.com` to `www.example.com` if only the latter is allowed. Default: `true`. */
	readonly wwwRedirect?: boolean;
}

const rules: OptionRules<TrustedHostsOptions> = {
	allowedHosts: { required: "texts" },
	wwwRedirect: "boolean",
};

/**
 * Refuses requests with an unexpected `Host` header (400 `Invalid host header`), so that an attacker can't make the app build links to
 * another host.
 *
 * @throws SetupError `VIV_OPTION` for a wildcard that isn't at the beginning, before a dot, and for a scheme, a port or a path
 * @see FastAPI, "Advanced Middleware"; Starlette, "TrustedHostMiddleware"
 */
export function trustedHosts(options: TrustedHostsOptions): Middleware {
	assertOptions("trustedHosts()", options, rules);
	const { allowedHosts, wwwRedirect = true } = options;
	for (const host of allowedHosts) {
		assertPattern(host);
	}
	if (allowedHosts.includes("*")) {
		return (request, next) => next(request);
	}
	const names = new Set(allowedHosts.map((host) => host.toLowerCase()));
	const suffixes = [...names]
		.filter((host) => host.startsWith("*"))
		.map((host) => host.slice(1));
	return guarding((request, next) => {
		const host = hostName(request.header("host"));
		if (host === undefined) {
			return invalidHost();
		}
		if (names.has(host) || suffixes.some((suffix) => host.endsWith(suffix))) {
			return next(request);
		}
		return wwwRedirect && names.has(`www.${host}`)
			? redirectToWww(request)
			: invalidHost();
	});
}

makesMiddleware(trustedHosts);

/** The name in a `Host` header, in lower case, without the port; `undefined` where it has not the form of RFC 3986 §3.2. */
function hostName(header: string | undefined): string | undefined {
	return /^([a-z0-9._~%!$&'()*+,;=-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?$/i
		.exec(header ?? "")?.[1]
		?.toLowerCase();
}

function redirectToWww(request: Request): Response {
	const location = request.url.replace("://", "://www.");
	return new Response(null, { status: 307, headers: { location } });
}

function invalidHost(): Response {
	return new Response("Invalid host header", {
		status: 400,
		mediaType: "text/plain",
	});
}

function assertPattern(host: string): void {
	if (host === "*") {
		return;
	}
	const name = host.replace(/^\*\./, "");
	if (name.includes("*")) {
		throw refusal(
			`a wildcard in allowedHosts has the form "*.example.com", but got "${host}"`,
		);
	}
	if (hostName(name) !== name.toLowerCase()) {
		const meant = hostName(name.replace(/^[a-z]+:\/\/|\/.*$/gi, ""));
		throw refusal(
			`a host in allowedHosts is a name without scheme, port and path, as it stands in Host, but got ${JSON.stringify(host)}${meant === undefined ? "" : `; write "${meant}"`}`,
		);
	}
}

function refusal(what: string): SetupError {
	return new SetupError("VIV_OPTION", `trustedHosts: ${what}`);
}
