import { type OptionRules, textMatching } from "../errors/options.ts";
import type { Request } from "../http/request.ts";
import type { Dependency } from "../inject/dependency.ts";
import { firstHeader } from "../inject/read-parameter.ts";
import {
	type Credentials,
	makeScheme,
	type SchemeOptions,
	schemeRules,
} from "./scheme.ts";

/** Options of the schemes with an API key. */
export interface ApiKeyOptions<AutoError extends boolean = boolean>
	extends SchemeOptions<AutoError> {
	/** Name of the header, the query parameter or the cookie. */
	readonly name: string;
}

/** RFC 9110 §5.6.2: the names of headers and cookies. */
const token = textMatching(
	/^[!#$%&'*+.^`|~\w-]+$/,
	'a name of letters, digits and "-"',
);

const queryRules: OptionRules<ApiKeyOptions> = {
	...schemeRules,
	name: { required: textMatching(/./, "a name") },
};
const tokenRules: OptionRules<ApiKeyOptions> = {
	...schemeRules,
	name: { required: token },
};

/**
 * The API key in a header: of several the first. The name is the same in any case. An empty one is none.
 *
 * Without it the answer is 401 with `WWW-Authenticate: APIKey`. The key is a text that came; comparing it with those that are valid is yours:
 * in constant time, with `sameSecret`.
 * @see FastAPI, "Security Tools", `APIKeyHeader`
 */
export function apiKeyHeader<AutoError extends boolean = true>(
	options: ApiKeyOptions<AutoError>,
): Dependency<Credentials<string, AutoError>> {
	const header = String(options?.name).toLowerCase();
	const read = (request: Request) => firstHeader(request.source, header);
	return makeApiKey("header", options, read, tokenRules);
}

/** The API key in the query: of several the last. Else as {@link apiKeyHeader}. @see FastAPI, `APIKeyQuery` */
export function apiKeyQuery<AutoError extends boolean = true>(
	options: ApiKeyOptions<AutoError>,
): Dependency<Credentials<string, AutoError>> {
	const read = (request: Request) => request.queryText(options.name);
	return makeApiKey("query", options, read, queryRules);
}

/** The API key in a cookie: of several the last. Else as {@link apiKeyHeader}. @see FastAPI, `APIKeyCookie` */
export function apiKeyCookie<AutoError extends boolean = true>(
	options: ApiKeyOptions<AutoError>,
): Dependency<Credentials<string, AutoError>> {
	const read = (request: Request) => request.cookies[options.name];
	return makeApiKey("cookie", options, read, tokenRules);
}

const kinds = { header: "Header", query: "Query", cookie: "Cookie" } as const;

function makeApiKey<AutoError extends boolean>(
	place: keyof typeof kinds,
	options: ApiKeyOptions<AutoError>,
	read: (request: Request) => string | undefined,
	rules: OptionRules<ApiKeyOptions>,
): Dependency<Credentials<string, AutoError>> {
	return makeScheme<string, AutoError, ApiKeyOptions<AutoError>>(
		{
			maker: `apiKey${kinds[place]}`,
			name: `APIKey${kinds[place]}`,
			scheme: { type: "apiKey", in: place, name: options?.name },
			challenge: "APIKey",
			read: (request) => read(request) || undefined,
		},
		options,
		rules,
	);
}
