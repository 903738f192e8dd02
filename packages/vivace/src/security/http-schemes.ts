import { type OptionRules, textMatching } from "../errors/options.ts";
import type { Request } from "../http/request.ts";
import type { Dependency } from "../inject/dependency.ts";
import { readAuthorization } from "./authorization.ts";
import {
	type Credentials,
	makeScheme,
	type SchemeOptions,
	schemeRules,
	unusable,
} from "./scheme.ts";

/** The credentials of an `Authorization` header. FastAPI, `HTTPAuthorizationCredentials`. */
export interface HTTPAuthorizationCredentials {
	/** As sent: `Bearer`, `bearer`. */
	readonly scheme: string;
	/** The text behind it. */
	readonly credentials: string;
}

/** FastAPI, `HTTPBasicCredentials`. */
export interface HTTPBasicCredentials {
	/** May be empty. */
	readonly username: string;
	/** May be empty. */
	readonly password: string;
}

/** Options of {@link httpBase}. */
export interface HTTPBaseOptions<AutoError extends boolean = boolean>
	extends SchemeOptions<AutoError> {
	/** Its name in `Authorization` and `WWW-Authenticate`, for instance `hmac-sign`. */
	readonly scheme: string;
}

/** Options of {@link httpBasic}. */
export interface HTTPBasicOptions<AutoError extends boolean = boolean>
	extends SchemeOptions<AutoError> {
	/** The name that the browser's window shows; printable ASCII. Default: none. */
	readonly realm?: string;
	/**
	 * `"UTF-8"`: name and password are UTF-8 text, and the challenge says so (RFC 7617 §2.1). Default: ASCII as in FastAPI, anything else is
	 * refused.
	 */
	readonly charset?: "UTF-8";
}

/** Options of {@link httpBearer}. */
export interface HTTPBearerOptions<AutoError extends boolean = boolean>
	extends SchemeOptions<AutoError> {
	/** A hint for the document, for instance `JWT`. */
	readonly bearerFormat?: string;
}

const baseRules: OptionRules<HTTPBaseOptions> = {
	...schemeRules,
	scheme: {
		required: textMatching(/^[!#$%&'*+.^`|~\w-]+$/, "the name of a scheme"),
	},
};
const basicRules: OptionRules<HTTPBasicOptions> = {
	...schemeRules,
	realm: textMatching(/^[\x20-\x7e]*$/, "printable ASCII text"),
	charset: ["UTF-8"],
};
const bearerRules: OptionRules<HTTPBearerOptions> = {
	...schemeRules,
	bearerFormat: "text",
};

/**
 * Whatever stands in `Authorization`: the name of the scheme is not compared. Without a scheme and something behind it: 401 with the scheme
 * in `WWW-Authenticate`, each word of it capitalised (`Hmac-Sign`).
 * @see FastAPI, `fastapi.security.http.HTTPBase`
 */
export function httpBase<AutoError extends boolean = true>(
	options: HTTPBaseOptions<AutoError>,
): Dependency<Credentials<HTTPAuthorizationCredentials, AutoError>> {
	const scheme = String(options?.scheme);
	return makeScheme<
		HTTPAuthorizationCredentials,
		AutoError,
		HTTPBaseOptions<AutoError>
	>(
		{
			maker: "httpBase",
			name: "HTTPBase",
			scheme: { type: "http", scheme },
			challenge: capitalised(scheme),
			read: readCredentials,
		},
		options,
		baseRules,
	);
}

/**
 * Name and password of HTTP Basic authentication (RFC 7617), apart at the first colon. Without them, or where they can't be read: 401 with
 * `WWW-Authenticate: Basic`; what can't be read is refused with `autoError: false` too.
 *
 * Compare both in constant time, with `sameSecret` or `verifyPassword`, and say never which of them was wrong.
 * @see FastAPI, "HTTP Basic Auth"
 */
export function httpBasic<AutoError extends boolean = true>(
	options: HTTPBasicOptions<AutoError> = {},
): Dependency<Credentials<HTTPBasicCredentials, AutoError>> {
	const { realm, charset } = options ?? {};
	const parameters = [
		...(realm ? [`realm="${String(realm).replaceAll(/["\\]/g, "\\$&")}"`] : []),
		...(charset ? [`charset="${charset}"`] : []),
	];
	const decode = charset === undefined ? asciiText : utf8Text;
	return makeScheme<
		HTTPBasicCredentials,
		AutoError,
		HTTPBasicOptions<AutoError>
	>(
		{
			maker: "httpBasic",
			name: "HTTPBasic",
			scheme: { type: "http", scheme: "basic" },
			challenge: ["Basic", parameters.join(", ")].join(" ").trim(),
			read: (request) => readBasic(request, decode),
		},
		options,
		basicRules,
	);
}

/**
 * The token of `Authorization: Bearer …`; without one 401 with `WWW-Authenticate: Bearer`. It is a text that came, nothing verified:
 * `jwtBearer` gives the claims of one that is.
 * @see FastAPI, `HTTPBearer`
 */
export function httpBearer<AutoError extends boolean = true>(
	options: HTTPBearerOptions<AutoError> = {},
): Dependency<Credentials<HTTPAuthorizationCredentials, AutoError>> {
	const { bearerFormat } = options ?? {};
	return makeScheme<
		HTTPAuthorizationCredentials,
		AutoError,
		HTTPBearerOptions<AutoError>
	>(
		{
			maker: "httpBearer",
			name: "HTTPBearer",
			scheme: { type: "http", scheme: "bearer", bearerFormat },
			challenge: "Bearer",
			read: (request) => ofScheme("bearer", request),
		},
		options,
		bearerRules,
	);
}

/**
 * Gives the text behind `Authorization: Digest`; nothing is computed or compared. Without it 401 with `WWW-Authenticate: Digest`.
 * @see FastAPI, `HTTPDigest`
 */
export function httpDigest<AutoError extends boolean = true>(
	options: SchemeOptions<AutoError> = {},
): Dependency<Credentials<HTTPAuthorizationCredentials, AutoError>> {
	return makeScheme<
		HTTPAuthorizationCredentials,
		AutoError,
		SchemeOptions<AutoError>
	>(
		{
			maker: "httpDigest",
			name: "HTTPDigest",
			scheme: { type: "http", scheme: "digest" },
			challenge: "Digest",
			read: (request) => ofScheme("digest", request),
		},
		options,
		schemeRules,
	);
}

function readCredentials(
	request: Request,
): HTTPAuthorizationCredentials | undefined {
	const { scheme, parameter } = readAuthorization(request) ?? {};
	return scheme && parameter ? { scheme, credentials: parameter } : undefined;
}

function ofScheme(
	wanted: string,
	request: Request,
): HTTPAuthorizationCredentials | undefined {
	const found = readCredentials(request);
	return found?.scheme.toLowerCase() === wanted ? found : undefined;
}

function readBasic(
	request: Request,
	decode: (octets: string) => string | undefined,
): HTTPBasicCredentials | undefined | typeof unusable {
	const found = readAuthorization(request);
	if (found?.scheme.toLowerCase() !== "basic") {
		return undefined;
	}
	const octets = decodeBase64(found.parameter);
	const text = octets === undefined ? undefined : decode(octets);
	const colon = text?.indexOf(":") ?? -1;
	if (text === undefined || colon === -1) {
		return unusable;
	}
	return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * The octets of a Base64 text, one character each. As Python reads it: what is not of the alphabet is passed over, the first full padding ends
 * it, and too little padding is an error.
 */
function decodeBase64(text: string): string | undefined {
	let data = "";
	let pads = 0;
	for (const character of asciiText(text) ?? "=") {
		if (character === "=") {
			const rest = data.length % 4;
			if (rest >= 2 && rest + ++pads >= 4) {
				return atob(data);
			}
		} else if (/[A-Za-z0-9+/]/.test(character)) {
			data += character;
			pads = 0;
		}
	}
	return data.length % 4 === 0 ? atob(data) : undefined;
}

function asciiText(octets: string): string | undefined {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
	return /^[\x00-\x7f]*$/.test(octets) ? octets : undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8Text(octets: string): string | undefined {
	try {
		return utf8.decode(Uint8Array.from(octets, (each) => each.charCodeAt(0)));
	} catch {
		return undefined; // the client's bytes are not UTF-8
	}
}

function capitalised(scheme: string): string {
	return scheme
		.toLowerCase()
		.replaceAll(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
}
