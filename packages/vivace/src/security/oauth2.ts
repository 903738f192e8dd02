import type { OptionRules } from "../errors/options.ts";
import type { Dependency } from "../inject/dependency.ts";
import { readBearer } from "./authorization.ts";
import {
	type Credentials,
	makeScheme,
	type SchemeOptions,
	schemeRules,
} from "./scheme.ts";

/** One flow of OAuth 2 (OpenAPI 3.1.1 §4.8.29). Addresses may be relative to where the document is. */
export interface OAuthFlow {
	readonly authorizationUrl?: string;
	readonly tokenUrl?: string;
	readonly refreshUrl?: string;
	/** The permission of each scope, described, by its name. Default: none. */
	readonly scopes?: Readonly<Record<string, string>>;
}

/** The flows that are offered (OpenAPI 3.1.1 §4.8.28). */
export interface OAuthFlows {
	readonly implicit?: OAuthFlow;
	readonly password?: OAuthFlow;
	readonly clientCredentials?: OAuthFlow;
	readonly authorizationCode?: OAuthFlow;
}

/** Options of {@link oauth2}. */
export interface OAuth2Options<AutoError extends boolean = boolean>
	extends SchemeOptions<AutoError> {
	/** Default: none. */
	readonly flows?: OAuthFlows;
}

/** Options of {@link oauth2PasswordBearer}. */
export interface PasswordBearerOptions<AutoError extends boolean = boolean>
	extends SchemeOptions<AutoError> {
	/** The address of the path operation with `oauth2PasswordRequestForm`, relative to the document or absolute. */
	readonly tokenUrl: string;
	readonly refreshUrl?: string;
	/** The permission of each scope, described, by its name. Default: none. */
	readonly scopes?: Readonly<Record<string, string>>;
}

/** Options of {@link oauth2AuthorizationCodeBearer}. */
export interface AuthorizationCodeBearerOptions<
	AutoError extends boolean = boolean,
> extends PasswordBearerOptions<AutoError> {
	/** The provider's page at which users log in. */
	readonly authorizationUrl: string;
	/** The provider's address that gives a token for a code. */
	readonly tokenUrl: string;
}

const oneFlowRules: OptionRules<OAuthFlow> = {
	authorizationUrl: address,
	tokenUrl: address,
	refreshUrl: address,
	scopes: "record",
};

const flowRules: OptionRules<PasswordBearerOptions> = {
	...schemeRules,
	tokenUrl: { required: address },
	refreshUrl: address,
	scopes: "record",
};
const oauth2Rules: OptionRules<OAuth2Options> = {
	...schemeRules,
	flows: {
		nested: {
			implicit: { nested: oneFlowRules },
			password: { nested: oneFlowRules },
			clientCredentials: { nested: oneFlowRules },
			authorizationCode: { nested: oneFlowRules },
		} satisfies OptionRules<OAuthFlows>,
	},
};
const codeRules: OptionRules<AuthorizationCodeBearerOptions> = {
	...flowRules,
	authorizationUrl: { required: address },
};

/**
 * Any flows of OAuth 2. The value is the whole `Authorization` header, whatever its scheme; without one 401 with `WWW-Authenticate: Bearer`.
 * @see FastAPI, `OAuth2`
 */
export function oauth2<AutoError extends boolean = true>(
	options: OAuth2Options<AutoError> = {},
): Dependency<Credentials<string, AutoError>> {
	const flows = Object.entries(options?.flows ?? {}).map(([name, flow]) => [
		name,
		{ scopes: {}, ...flow },
	]);
	return makeScheme<string, AutoError, OAuth2Options<AutoError>>(
		{
			maker: "oauth2",
			name: "OAuth2",
			scheme: { type: "oauth2", flows: Object.fromEntries(flows) },
			challenge: "Bearer",
			read: (request) => request.header("authorization") || undefined,
		},
		options,
		oauth2Rules,
	);
}

/**
 * The bearer token that the client got for name and password from one of your own path operations; the documentation page logs in there. Without
 * one 401 with `WWW-Authenticate: Bearer`. It is a text that came, nothing verified.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { oauth2PasswordBearer } from "vivace/security";
 *
 * const token = oauth2PasswordBearer({ tokenUrl: "token" });
 * const app = new App();
 * app.get("/items/", { token }, ({ token }) => ({ token }));
 * ```
 * @see FastAPI, "Simple OAuth2 with Password and Bearer"
 */
export function oauth2PasswordBearer<AutoError extends boolean = true>(
	options: PasswordBearerOptions<AutoError>,
): Dependency<Credentials<string, AutoError>> {
	const { tokenUrl, refreshUrl, scopes = {} } = options ?? {};
	return makeScheme<string, AutoError, PasswordBearerOptions<AutoError>>(
		{
			maker: "oauth2PasswordBearer",
			name: "OAuth2PasswordBearer",
			scheme: {
				type: "oauth2",
				flows: { password: { scopes, refreshUrl, tokenUrl } },
			},
			challenge: "Bearer",
			read: readBearer,
		},
		options,
		flowRules,
	);
}

/**
 * The bearer token that the client got from a provider for a code (RFC 6749 §4.1); the documentation page logs in there, with PKCE. Without one
 * 401 with `WWW-Authenticate: Bearer`. It is a text that came, nothing verified: that is what `jwtBearer` does.
 * @see FastAPI, `OAuth2AuthorizationCodeBearer`
 */
export function oauth2AuthorizationCodeBearer<AutoError extends boolean = true>(
	options: AuthorizationCodeBearerOptions<AutoError>,
): Dependency<Credentials<string, AutoError>> {
	const { authorizationUrl, tokenUrl, refreshUrl, scopes = {} } = options ?? {};
	return makeScheme<
		string,
		AutoError,
		AuthorizationCodeBearerOptions<AutoError>
	>(
		{
			maker: "oauth2AuthorizationCodeBearer",
			name: "OAuth2AuthorizationCodeBearer",
			scheme: {
				type: "oauth2",
				flows: {
					authorizationCode: { scopes, authorizationUrl, tokenUrl, refreshUrl },
				},
			},
			challenge: "Bearer",
			read: readBearer,
		},
		options,
		codeRules,
	);
}

function address(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? undefined : "an address";
}
