import { type OptionRules, textMatching } from "../errors/options.ts";
import type { Dependency } from "../inject/dependency.ts";
import {
	type Credentials,
	makeScheme,
	type SchemeOptions,
	schemeRules,
} from "./scheme.ts";

/** Options of {@link openIdConnect}. */
export interface OpenIdConnectOptions<AutoError extends boolean = boolean>
	extends SchemeOptions<AutoError> {
	/** The provider's `/.well-known/openid-configuration`; for the document, nothing is fetched. */
	readonly openIdConnectUrl: string;
}

const rules: OptionRules<OpenIdConnectOptions> = {
	...schemeRules,
	openIdConnectUrl: { required: textMatching(/./, "an address") },
};

/**
 * The whole `Authorization` header of a client of an OpenID provider, whatever its scheme; without one 401 with `WWW-Authenticate: Bearer`.
 * Nothing is verified.
 * @see FastAPI, `OpenIdConnect`
 */
export function openIdConnect<AutoError extends boolean = true>(
	options: OpenIdConnectOptions<AutoError>,
): Dependency<Credentials<string, AutoError>> {
	return makeScheme<string, AutoError, OpenIdConnectOptions<AutoError>>(
		{
			maker: "openIdConnect",
			name: "OpenIdConnect",
			scheme: {
				type: "openIdConnect",
				openIdConnectUrl: options?.openIdConnectUrl,
			},
			challenge: "Bearer",
			read: (request) => request.header("authorization") || undefined,
		},
		options,
		rules,
	);
}
