import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	assertOptions,
	type OptionRules,
	textMatching,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { OAuthFlows } from "./oauth2.ts";
import { type SchemeOptions, schemeRules } from "./scheme.ts";
import { type Jwk, keysMistake } from "./usable-key.ts";

const secretAlgorithms = { HS256: 32, HS384: 48, HS512: 64 } as const;
const publicAlgorithms = [
	"EdDSA",
	"Ed25519",
	"ES256",
	"ES384",
	"ES512",
	"PS256",
	"PS384",
	"PS512",
	"RS256",
	"RS384",
	"RS512",
] as const;

/** A signature that is verified (RFC 7518 §3.1, RFC 8037): by a secret (`HS…`) or by a public key. */
export type JwtAlgorithm =
	| keyof typeof secretAlgorithms
	| (typeof publicAlgorithms)[number];

/** The claims of a token as it came (RFC 7519 §4.1), where no schema says more. */
export interface JwtClaims {
	readonly iss?: string;
	readonly sub?: string;
	readonly aud?: string | readonly string[];
	/** Seconds since 1970. */
	readonly exp?: number;
	readonly nbf?: number;
	readonly iat?: number;
	readonly jti?: string;
	readonly [name: string]: unknown;
}

/** Where the keys of a provider are, and how they are fetched. */
export interface JwksOptions {
	/** The address of the key set (RFC 7517 §5), `https:` or `http:`. */
	readonly url: string | URL;
	/** How long a fetch may take, in milliseconds. Default: 5,000. */
	readonly timeoutMs?: number;
	/** How long after a fetch, also one that failed, an unknown key causes no other, in milliseconds. Default: 30,000. */
	readonly cooldownMs?: number;
	/** After how long the keys are fetched anew, while those that are there go on being used, in milliseconds. Default: 600,000. */
	readonly maxAgeMs?: number;
}

/** Options of `jwtBearer`. Of `secret`, `keys` and `jwks` there is exactly one. */
export interface JwtBearerOptions<
	Claims extends StandardSchemaV1 = StandardSchemaV1<unknown, JwtClaims>,
	AutoError extends boolean = boolean,
> extends SchemeOptions<AutoError> {
	/** The algorithms that tokens may be signed by; any other is refused, whatever the token says. */
	readonly algorithms: readonly JwtAlgorithm[];
	/** Where the provider's public keys are. */
	readonly jwks?: string | URL | JwksOptions;
	/** Public keys that are known. */
	readonly keys?: readonly Jwk[];
	/** The secret of `HS256`, `HS384` or `HS512`: 32, 48 or 64 bytes at least (RFC 7518 §3.2); a text is UTF-8. */
	readonly secret?: string | Uint8Array;
	/** The only issuers whose tokens are taken. Default: any. */
	readonly issuer?: string | readonly string[];
	/** Who we are: a token must be for one of these. Default: tokens that are for no one in particular. */
	readonly audience?: string | readonly string[];
	/** The `typ` that the head of a token must have, for instance `at+jwt` (RFC 9068). Default: anything. */
	readonly type?: string;
	/** The schema of the claims; its output is the value. Default: the claims as they came. */
	readonly claims?: Claims;
	/** By how much the clocks of issuer and server may differ, in seconds. Default: 0. */
	readonly clockToleranceS?: number;
	/** `false`: a token without `exp`, which never ends, is taken. Default: true. */
	readonly requireExpiry?: boolean;
	/** How clients get a token, for the document: the documentation page logs in there. Default: none, a token is typed in. */
	readonly flows?: OAuthFlows;
}

const knownAlgorithms: readonly unknown[] = [
	...Object.keys(secretAlgorithms),
	...publicAlgorithms,
];
const algorithmList = `a list of ${knownAlgorithms.join(", ")}`;

const jwksRules: OptionRules<JwksOptions> = {
	url: { required: address },
	timeoutMs: "milliseconds",
	cooldownMs: "milliseconds",
	maxAgeMs: "milliseconds",
};

const rules: OptionRules<JwtBearerOptions> = {
	...schemeRules,
	algorithms: {
		required: {
			isMember: (each) => knownAlgorithms.includes(each),
			words: algorithmList,
		},
	},
	jwks: "any", // assertKeySource
	keys: (keys) =>
		Array.isArray(keys) && keys.length > 0 && keys.every(isPublicKey)
			? undefined
			: "a list of public keys, { kty, … } without the private part",
	secret: "secret",
	issuer: textOrList,
	audience: textOrList,
	type: textMatching(/./, "a text"),
	claims: (schema) => (isSchema(schema) ? undefined : "a schema"),
	clockToleranceS: "milliseconds",
	requireExpiry: "boolean",
	flows: "record",
};

/** The address of the keys with what is said of fetching them. */
export function jwksOptions(
	jwks: string | URL | JwksOptions | undefined,
): JwksOptions | undefined {
	return typeof jwks === "string" || jwks instanceof URL ? { url: jwks } : jwks;
}

/** @throws SetupError `VIV_OPTION`; never with a secret or a key in it */
export function assertJwtOptions(
	options: JwtBearerOptions<StandardSchemaV1>,
): void {
	const where = "jwtBearer()";
	assertOptions(where, options ?? {}, rules);
	const { algorithms, jwks, keys, secret } = options;
	if (algorithms.length === 0) {
		throw refusal(`algorithms must be ${algorithmList}; it is empty.`);
	}
	if (
		secret !== undefined &&
		!(typeof secret === "string" || secret instanceof Uint8Array)
	) {
		throw refusal(`secret must be a text or bytes, got ${typeof secret}.`);
	}
	if ([secret, keys, jwks].filter((each) => each !== undefined).length !== 1) {
		throw refusal("give exactly one of secret, keys and jwks.");
	}
	const isSecret = secret !== undefined;
	const other = algorithms.find(
		(each) => each in secretAlgorithms !== isSecret,
	);
	if (other !== undefined) {
		// a public key that is taken for a secret lets everyone sign
		throw refusal(
			isSecret
				? `"${other}" is verified with a public key, but there is a secret; give keys or jwks.`
				: `"${other}" is verified with a secret, which a public key must never be taken for; give a secret.`,
		);
	}
	if (isSecret) {
		assertSecretLength(secret, algorithms);
	}
	const mistake = keys && keysMistake(keys, algorithms);
	if (mistake !== undefined) {
		throw refusal(mistake);
	}
	const source = jwksOptions(jwks);
	if (source !== undefined) {
		assertOptions(`${where}, jwks`, source, jwksRules);
	}
}

function assertSecretLength(
	secret: string | Uint8Array,
	algorithms: readonly JwtAlgorithm[],
): void {
	const { length } = toBytes(secret);
	for (const algorithm of algorithms) {
		const least = secretAlgorithms[algorithm as keyof typeof secretAlgorithms];
		if (length < least) {
			throw refusal(
				`the secret has ${length} bytes, and ${algorithm} needs ${least} (RFC 7518 §3.2); make one with "openssl rand -hex ${least}".`,
			);
		}
	}
}

/** The bytes of a secret. */
export function toBytes(secret: string | Uint8Array): Uint8Array {
	return typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
}

function refusal(what: string): SetupError {
	return new SetupError("VIV_OPTION", `jwtBearer(): ${what}`);
}

function textOrList(value: unknown): string | undefined {
	const list: readonly unknown[] = Array.isArray(value) ? value : [value];
	return list.length > 0 &&
		list.every((each) => typeof each === "string" && each !== "")
		? undefined
		: "a text or a list of texts";
}

function isPublicKey(key: unknown): boolean {
	return (
		typeof key === "object" &&
		key !== null &&
		"kty" in key &&
		key.kty !== "oct" &&
		!("d" in key)
	);
}

function address(value: unknown): string | undefined {
	const url =
		value instanceof URL || typeof value === "string" ? URL.parse(value) : null;
	return url !== null && /^https?:$/.test(url.protocol)
		? undefined
		: "an absolute address, https://…";
}
