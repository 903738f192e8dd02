import type { OptionRules } from "../errors/options.ts";
import { assertArgument } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";

/** Makes a dependency a security scheme: how the document names and describes it. */
export interface SecurityDeclaration {
	/** Its key in `components.securitySchemes`. */
	readonly name: string;
	/** The security scheme object (OpenAPI 3.1.1 §4.8.27), for instance `{ type: "http", scheme: "bearer" }`. */
	readonly scheme: Readonly<Record<string, unknown>>;
	/** True when no request passes without credentials; counts for `requireSecurity`. Default: true. */
	readonly isRequired?: boolean;
}

const unverified = new WeakSet<object>();

/** Remembers a scheme's function that gives the credentials of a request as they came: whoever gets them has to look at them. */
export function markUnverified(call: object): void {
	unverified.add(call);
}

/** True for what {@link markUnverified} remembers. */
export function givesUnverified(call: object): boolean {
	return unverified.has(call);
}

/** Rules of {@link SecurityDeclaration}. */
export const securityRules: OptionRules<SecurityDeclaration> = {
	name: { required: "text" },
	scheme: { required: "record" },
	isRequired: "boolean",
};

/**
 * The scopes that are asked for on the way to the dependency that names this class in its record: those of each {@link Security} above it,
 * outermost first, each once.
 *
 * @example
 * ```ts
 * import { App, dependency, HTTPException, Security } from "vivace";
 * import { oauth2PasswordBearer, SecurityScopes } from "vivace/security";
 *
 * const granted = new Map([["a-token", ["me"]]]);
 * const token = oauth2PasswordBearer({ tokenUrl: "token", scopes: { me: "Read yourself" } });
 * const user = dependency({ token, needed: SecurityScopes }, ({ token, needed }) => {
 * 	const scopes = granted.get(token) ?? [];
 * 	if (needed.scopes.every((scope) => scopes.includes(scope))) return { scopes };
 * 	throw new HTTPException(401, "Not enough permissions", { headers: { "WWW-Authenticate": needed.challenge } });
 * });
 * const app = new App();
 * app.get("/me", { user: Security(user, ["me"]) }, ({ user }) => user);
 * ```
 * @see FastAPI, "OAuth2 scopes"
 */
export class SecurityScopes {
	readonly scopes: readonly string[];

	constructor(scopes: readonly string[] = []) {
		assertArgument("SecurityScopes", "scopes", scopes, "texts");
		this.scopes = scopes;
	}

	/** The scopes as OAuth 2 writes them: `me items` (RFC 6749 §3.3). */
	get scopeText(): string {
		return this.scopes.join(" ");
	}

	/** The value of `WWW-Authenticate` that names them: `Bearer scope="me items"`, without scopes `Bearer` (RFC 6750 §3). */
	get challenge(): string {
		return this.scopes.length === 0
			? "Bearer"
			: `Bearer scope="${this.scopeText}"`;
	}
}

/** The characters of a scope (RFC 6749 §3.3): it stands in a header, between blanks and within quotes. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** @throws SetupError `VIV_OPTION` for what is no list of scopes */
export function assertScopeNames(where: string, scopes: unknown): void {
	if (!Array.isArray(scopes)) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: expected a list of scopes, got ${typeof scopes}; write ["items"].`,
		);
	}
	const wrong = scopes.find(
		(scope) => typeof scope !== "string" || !scopeToken.test(scope),
	);
	if (wrong !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: ${JSON.stringify(wrong)} is no scope: visible ASCII characters but quotes and backslashes (RFC 6749 §3.3); give each scope as a text of its own.`,
		);
	}
}

/** The scopes of a use behind those around it, each once. */
export function joinScopes(
	outer: readonly string[],
	inner: readonly string[],
): readonly string[] {
	return inner.length === 0 ? outer : [...new Set([...outer, ...inner])];
}
