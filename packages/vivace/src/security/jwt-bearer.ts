import type { StandardSchemaV1 } from "@standard-schema/spec";
import { HTTPException } from "../errors/http-exception.ts";
import type { Request } from "../http/request.ts";
import type { DependencyScope } from "../inject/declaration.ts";
import { Dependency, dependency } from "../inject/dependency.ts";
import { SecurityScopes } from "../inject/security-scopes.ts";
import { Lifespan } from "../lifespan/lifespan.ts";
import { readBearer } from "./authorization.ts";
import { importJose, type Jose } from "./import-jose.ts";
import {
	assertJwtOptions,
	type JwksOptions,
	type JwtBearerOptions,
	type JwtClaims,
	jwksOptions,
	toBytes,
} from "./jwt-options.ts";
import { KeySet, NoKeysError } from "./key-set.ts";
import type { Credentials } from "./scheme.ts";
import { TokenRefusal, TokenVerifier } from "./token-verifier.ts";
import { type Jwk, keysMistake } from "./usable-key.ts";

/** The verifier of an app's tokens, and the keys behind it. */
interface Tokens {
	readonly verifier: TokenVerifier;
	readonly keys: KeySet | undefined;
}

/**
 * The claims of a verified bearer token: signature, times, issuer, audience, and the schema of the claims are checked.
 *
 * Without a token the response is a 401 with `WWW-Authenticate: Bearer`. If a token is refused, for whatever reason, it is a 401 with
 * `Bearer error="invalid_token"` (RFC 6750 §3.1), and only the log contains the reason. The scopes that {@link Security} requires must be
 * in `scope` or `scp`; otherwise it is a 403 with `error="insufficient_scope"`. Without keys, because the provider can't be reached since
 * the start, it is a 503.
 *
 * The keys of a `jwks` address are a resource: they are fetched when the app starts, with a time limit, and again when a token names an
 * unknown key, at most once per cooldown; readiness reports missing keys. Needs the package `jose`.
 *
 * @throws SetupError `VIV_OPTION` for invalid options, or options that let everyone sign
 * @example
 * ```ts
 * import { App, Security } from "vivace";
 * import { jwtBearer } from "vivace/security";
 * import { z } from "zod";
 *
 * const claims = jwtBearer({
 * 	algorithms: ["RS256"],
 * 	jwks: "https://id.example/.well-known/jwks.json",
 * 	issuer: "https://id.example/",
 * 	audience: "shop",
 * 	claims: z.object({ sub: z.string() }),
 * });
 * const app = new App();
 * app.get("/orders", { claims: Security(claims, ["orders:read"]) }, ({ claims }) => ({ owner: claims.sub }));
 * ```
 */
export function jwtBearer<
	Claims extends StandardSchemaV1 = StandardSchemaV1<unknown, JwtClaims>,
	AutoError extends boolean = true,
>(
	options: JwtBearerOptions<Claims, AutoError>,
): Dependency<Credentials<StandardSchemaV1.InferOutput<Claims>, AutoError>> {
	assertJwtOptions(options);
	const {
		autoError = true,
		claims,
		description,
		flows,
		status = 401,
	} = options;
	const tokens = tokensOf(options);
	const read = async (
		{ tokens, needed }: { tokens: Tokens; needed: SecurityScopes },
		request: Request,
	): Promise<unknown> => {
		const token = readBearer(request);
		if (!token) {
			if (!autoError) {
				return undefined;
			}
			throw new HTTPException(status, "Not authenticated", {
				headers: status === 401 ? { "WWW-Authenticate": "Bearer" } : {},
			});
		}
		const verified = await verify(tokens, token, request);
		assertGranted(verified, needed);
		return claims === undefined ? verified : fit(claims, verified, request);
	};
	const name = options.schemeName ?? (flows ? "OAuth2" : "HTTPBearer");
	const scheme = flows
		? { type: "oauth2", description, flows: withScopes(flows) }
		: { type: "http", description, scheme: "bearer", bearerFormat: "JWT" };
	return new Dependency<unknown, DependencyScope>(
		{ tokens, needed: SecurityScopes },
		read,
		{ name, security: { name, scheme, isRequired: autoError } },
	) as Dependency<Credentials<StandardSchemaV1.InferOutput<Claims>, AutoError>>; // as `read` gives them, in request scope
}

function withScopes(flows: object): Readonly<Record<string, unknown>> {
	return Object.fromEntries(
		Object.entries(flows).map(([name, flow]) => [
			name,
			{ scopes: {}, ...flow },
		]),
	);
}

/** The resource that verifies. */
function tokensOf(
	options: JwtBearerOptions<StandardSchemaV1>,
): Dependency<Tokens, "app"> {
	const jwks = jwksOptions(options.jwks);
	if (jwks === undefined) {
		return dependency(
			async () => {
				const jose = await importJose();
				const find = options.secret
					? await secretKeys(options.secret, options.algorithms)
					: jose.createLocalJWKSet({ keys: (options.keys ?? []) as Jwk[] });
				const verifier = new TokenVerifier(jose, find, verifyOptions(options));
				return { verifier, keys: undefined };
			},
			{ scope: "app", name: "token keys" },
		);
	}
	return dependency(
		{ lifespan: Lifespan },
		async function* ({ lifespan }) {
			const jose = await importJose();
			const keys = keySet(jose, jwks, options.algorithms);
			await keys.load(lifespan.signal);
			lifespan.signal.throwIfAborted();
			const verifier = new TokenVerifier(
				jose,
				keys.find,
				verifyOptions(options),
			);
			yield { verifier, keys };
			keys.close();
		},
		{
			scope: "app",
			name: "token keys",
			check: ({ keys }) => keys.assertKeys(),
		},
	);
}

function keySet(
	{ createLocalJWKSet, errors }: Jose,
	jwks: JwksOptions,
	algorithms: readonly string[],
): KeySet {
	return new KeySet(
		jwks,
		(set) => {
			const found = createLocalJWKSet(set as { keys: Jwk[] }); // it checks the form
			const mistake = keysMistake((set as { keys: Jwk[] }).keys, algorithms);
			if (mistake !== undefined) {
				throw new Error(mistake);
			}
			return found;
		},
		(error) => error instanceof errors.JWKSNoMatchingKey,
	);
}

function verifyOptions({
	algorithms,
	audience,
	clockToleranceS,
	issuer,
	requireExpiry,
	type,
}: JwtBearerOptions<StandardSchemaV1>): object {
	return {
		algorithms: [...algorithms],
		audience,
		issuer,
		...(type !== undefined && { typ: type }),
		clockTolerance: clockToleranceS ?? 0,
		requiredClaims: requireExpiry === false ? [] : ["exp"],
	};
}

/** The secret as a key for each algorithm, made once. */
async function secretKeys(
	secret: string | Uint8Array,
	algorithms: readonly string[],
): Promise<(header: { alg?: string }) => CryptoKey> {
	const keys = new Map<string, CryptoKey>();
	for (const algorithm of algorithms) {
		const hash = `SHA-${algorithm.slice(2)}`;
		const bytes = toBytes(secret) as Uint8Array<ArrayBuffer>; // never shared
		const form = { name: "HMAC", hash };
		keys.set(
			algorithm,
			await crypto.subtle.importKey("raw", bytes, form, false, ["verify"]),
		);
	}
	// jose has compared the algorithm with the list before
	return ({ alg = "" }) => keys.get(alg) as CryptoKey;
}

async function verify(
	{ verifier, keys }: Tokens,
	token: string,
	request: Request,
): Promise<JwtClaims> {
	const { logger } = request.exchange.app ?? {};
	if (keys !== undefined && logger !== undefined) {
		keys.warn ??= (message) => logger.warn(message);
	}
	try {
		assertOneHeader(request);
		return (await verifier.verify(token)) as JwtClaims;
	} catch (error) {
		if (error instanceof TokenRefusal) {
			throw refused(error.message, request);
		}
		if (error instanceof NoKeysError) {
			logger?.warn(`a token can't be verified: ${error.message}`);
			throw new HTTPException(503, "Service Unavailable", {
				headers: { "Retry-After": "5" },
				cause: error,
			});
		}
		throw error;
	}
}

/** RFC 6750 §2: one token, sent once. Which of two counts, each server decides otherwise. */
function assertOneHeader({ source }: Request): void {
	let count = 0;
	for (const [name] of source.headerEntries()) {
		if (name === "authorization" && ++count > 1) {
			throw new TokenRefusal("more than one Authorization header");
		}
	}
}

/** The 401 that tells the client nothing, and the log why. */
function refused(reason: string, request: Request): HTTPException {
	const { method, path, exchange } = request;
	exchange.app?.logger.info(
		`${method} ${path}: a token was refused: ${reason}`,
	);
	return new HTTPException(401, "Invalid token", {
		headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
	});
}

/** RFC 8693 §4.2: `scope` is one text; others have a list or a text `scp`. */
function assertGranted(claims: JwtClaims, needed: SecurityScopes): void {
	if (needed.scopes.length === 0) {
		return;
	}
	const granted = [claims.scope, claims.scp].flatMap((claim) =>
		typeof claim === "string"
			? claim.split(" ")
			: Array.isArray(claim)
				? claim
				: [],
	);
	if (needed.scopes.every((scope) => granted.includes(scope))) {
		return;
	}
	throw new HTTPException(403, "Not enough permissions", {
		headers: {
			"WWW-Authenticate": `Bearer error="insufficient_scope", scope="${needed.scopeText}"`,
		},
	});
}

async function fit(
	schema: StandardSchemaV1,
	claims: JwtClaims,
	request: Request,
): Promise<unknown> {
	const result = await schema["~standard"].validate(claims);
	if (result.issues === undefined) {
		return result.value;
	}
	const places = result.issues.map(
		({ path = [], message }) =>
			`${path.map((step) => (typeof step === "object" ? String(step.key) : String(step))).join(".")}: ${message}`,
	);
	throw refused(`claims: ${places.join("; ")}`, request);
}
