import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import {
	assertOptions,
	isRecord,
	type OptionRules,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { nonceName } from "../http/csp-nonce.ts";
import { type Middleware, makesMiddleware } from "../http/middleware.ts";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";

/** Options of {@link securityHeaders}. */
export interface SecurityHeadersOptions {
	/**
	 * Directives of the Content-Security-Policy by name, beside the usual ones: `{ "connect-src": "'self' https://id.example" }`; null leaves one
	 * out. `false`: no such header.
	 */
	readonly contentSecurityPolicy?:
		| Readonly<Record<string, string | null>>
		| false;
	/** Other headers, or the usual ones with other values, by name; null leaves one out. */
	readonly headers?: Readonly<Record<string, string | null>>;
}

const rules: OptionRules<SecurityHeadersOptions> = {
	contentSecurityPolicy: (value) =>
		value === false || isRecord(value)
			? undefined
			: "a record of directives, or false",
	headers: "record",
};

/** Everything from this origin alone; styles within the page, which Swagger UI and ReDoc write, and their workers. */
const usualPolicy: Readonly<Record<string, string>> = {
	"default-src": "'self'",
	"base-uri": "'self'",
	"form-action": "'self'",
	"frame-ancestors": "'self'",
	"img-src": "'self' data:",
	"object-src": "'none'",
	"script-src": "'self'",
	"script-src-attr": "'none'",
	"style-src": "'self' 'unsafe-inline'",
	"worker-src": "'self' blob:",
};

/** OWASP, "HTTP Security Response Headers Cheat Sheet". */
const usualHeaders: Readonly<Record<string, string>> = {
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
	"origin-agent-cluster": "?1",
	// "no-referrer" would make the Origin of a form on the same site null
	"referrer-policy": "strict-origin-when-cross-origin",
	"x-content-type-options": "nosniff",
	"x-frame-options": "SAMEORIGIN",
	"x-permitted-cross-domain-policies": "none",
	"x-xss-protection": "0",
};

const transportSecurity = "strict-transport-security";
const contentSecurityPolicyName = "content-security-policy";

/**
 * Headers that tell browsers what a page of this origin may do and who may embed it; on every answer, errors too. What an answer has already,
 * it keeps. `Strict-Transport-Security` goes over HTTPS alone (RFC 6797 §7.2).
 *
 * The documentation pages work with it. An inline script needs the nonce that {@link cspNonce} gives.
 *
 * @throws SetupError `VIV_OPTION` for what can't stand in a header
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { securityHeaders } from "vivace/middleware";
 *
 * const app = new App();
 * app.use(securityHeaders({ contentSecurityPolicy: { "img-src": "'self' https://images.example" }, headers: { "x-frame-options": null } }));
 * ```
 */
export function securityHeaders(
	options: SecurityHeadersOptions = {},
): Middleware {
	assertOptions("securityHeaders()", options, rules);
	const { contentSecurityPolicy = {}, headers: given = {} } = options;
	const own = Object.entries(given).map(
		([name, value]) => [name.toLowerCase(), value] as const,
	);
	const headers = listed({
		[transportSecurity]: "max-age=31536000; includeSubDomains",
		...usualHeaders,
		...Object.fromEntries(own),
	});
	const policy =
		contentSecurityPolicy === false
			? undefined
			: listed({ ...usualPolicy, ...contentSecurityPolicy });
	const plainPolicy = policy && policyText(policy, undefined);
	return (request, next) => {
		const nonce = new Nonce(request);
		request.beforeSend((response) => {
			const isSecure = request.source.scheme === "https";
			for (const [name, value] of headers) {
				if (isSecure || name !== transportSecurity) {
					setIfAbsent(response, name, value);
				}
			}
			if (policy !== undefined && plainPolicy !== undefined) {
				const text =
					nonce.value === undefined
						? plainPolicy
						: policyText(policy, nonce.value);
				setIfAbsent(response, contentSecurityPolicyName, text);
			}
		});
		return next(request);
	};
}

makesMiddleware(securityHeaders);

/** Made when it is asked for: most answers have no script. */
class Nonce {
	value: string | undefined;

	constructor({ locals }: Request) {
		Object.defineProperty(locals, nonceName, {
			configurable: true,
			enumerable: true,
			get: () => {
				this.value ??= Buffer.from(randomBytes(16)).toString("base64");
				return this.value;
			},
		});
	}
}

function setIfAbsent({ headers }: Response, name: string, value: string): void {
	if (!headers.has(name)) {
		headers.set(name, value);
	}
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** Drops the headers that are left out. */
function listed(values: Readonly<Record<string, string | null>>): Pairs {
	return Object.entries(values).flatMap(([name, value]) => {
		if (value === null) {
			return [];
		}
		if (
			!/^[a-z][a-z0-9-]*$/.test(name) ||
			typeof value !== "string" ||
			!/^[\x20-\x7e]*$/.test(value)
		) {
			throw new SetupError(
				"VIV_OPTION",
				`securityHeaders(): ${JSON.stringify(name)} with ${JSON.stringify(value)} can't stand in a header; expected a name and a text of printable ASCII, or null.`,
			);
		}
		return [[name, value] as const];
	});
}

/** CSP Level 3 §2.2. */
function policyText(policy: Pairs, nonce: string | undefined): string {
	return policy
		.map(([name, sources]) =>
			name === "script-src" && nonce !== undefined
				? `${name} ${sources} 'nonce-${nonce}'`
				: `${name} ${sources}`.trim(),
		)
		.join("; ");
}
