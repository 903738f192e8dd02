import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import {
	base64url,
	type CryptoKey,
	exportJWK,
	exportSPKI,
	generateKeyPair,
	type JWTPayload,
	SignJWT,
} from "jose";
import { App, type Dependency, Security } from "vivace";
import { type Jwk, jwtBearer } from "vivace/security";
import { TestClient } from "vivace/testing";
import { z } from "zod";

const secret = "a secret of thirty-two bytes, or a few more";
const issuer = "https://id.example/";
const audience = "shop";
const seconds = () => Math.floor(Date.now() / 1000);

interface Pair {
	readonly privateKey: CryptoKey;
	readonly publicKey: CryptoKey;
	readonly jwk: Jwk;
}

async function pair(alg: string, kid: string): Promise<Pair> {
	const { privateKey, publicKey } = await generateKeyPair(alg, {
		extractable: true,
	});
	const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } as Jwk;
	return { privateKey, publicKey, jwk };
}

const ed = await pair("EdDSA", "ed");
const rsa = await pair("RS256", "rsa");
const ec = await pair("ES256", "ec");
const stranger = await pair("EdDSA", "ed");

const usual = (): JWTPayload => ({
	sub: "ada",
	iss: issuer,
	aud: audience,
	exp: seconds() + 3_600,
});

function token(
	claims: JWTPayload = usual(),
	key: CryptoKey | Uint8Array = ed.privateKey,
	header: Record<string, unknown> = {},
): Promise<string> {
	return new SignJWT(claims)
		.setProtectedHeader({ alg: "EdDSA", kid: "ed", ...header })
		.sign(key);
}

const unsigned = (header: object, claims: object = usual()) =>
	`${[header, claims].map((part) => base64url.encode(JSON.stringify(part))).join(".")}.`;

/** An app that asks for claims, and what it logs. */
function appWith(claims: Dependency<unknown>): { app: App; log: string[] } {
	const log: string[] = [];
	const write = (message: string) => log.push(message);
	const logger = { info: write, warn: write, error: write };
	const app = new App({ logger });
	app.get("/", { claims }, ({ claims }) => claims ?? "nobody");
	app.get("/orders", { claims: Security(claims, ["read", "write"]) }, () => "");
	return { app, log };
}

const sent = (value: string) => ({ headers: { authorization: value } });

const byKeys = jwtBearer({
	algorithms: ["EdDSA", "RS256", "ES256"],
	keys: [ed.jwk, rsa.jwk, ec.jwk],
	issuer,
	audience,
});

const optional = jwtBearer({
	algorithms: ["EdDSA", "RS256", "ES256"],
	keys: [ed.jwk, rsa.jwk, ec.jwk],
	issuer,
	audience,
	autoError: false,
});

const spki = await exportSPKI(rsa.publicKey);
const edPublic = Buffer.from(String(ed.jwk.x), "base64url");
const good = await token();
const [head = "", body = "", signature = ""] = good.split(".");
const flipped = `${signature.slice(0, -3)}${signature.at(-3) === "A" ? "B" : "A"}${signature.slice(-2)}`;
const otherBody = base64url.encode(JSON.stringify({ ...usual(), sub: "root" }));

/** Tokens that are sent, and the reason in the log for each. */
const vectors: Readonly<Record<string, readonly [string, RegExp]>> = {
	expired: [await token({ ...usual(), exp: seconds() - 1 }), /"exp"/],
	"not valid yet": [
		await token({ ...usual(), nbf: seconds() + 3600 }),
		/"nbf"/,
	],
	"for another audience": [await token({ ...usual(), aud: "bank" }), /"aud"/],
	"for no audience": [
		await token({ ...usual(), aud: undefined } as never),
		/"aud"/,
	],
	"of another issuer": [
		await token({ ...usual(), iss: "https://id.example" }),
		/"iss"/,
	],
	"of no issuer": [
		await token({ ...usual(), iss: undefined } as never),
		/"iss"/,
	],
	"without an end": [
		await token({ ...usual(), exp: undefined } as never),
		/"exp"/,
	],
	"with an end that is no number": [
		await token({ ...usual(), exp: "tomorrow" } as never),
		/"exp"/,
	],
	unsigned: [unsigned({ alg: "none" }), /alg/i],
	"unsigned, in other letters": [unsigned({ alg: "nOnE" }), /alg/i],
	"without an algorithm": [unsigned({ typ: "JWT" }), /alg/i],
	"signed with the public key as a secret": [
		await token(usual(), new TextEncoder().encode(spki), {
			alg: "HS256",
			kid: "rsa",
		}),
		/alg/i,
	],
	"signed with the public key's bytes as a secret": [
		await token(usual(), new Uint8Array(edPublic), { alg: "HS256" }),
		/alg/i,
	],
	"of an unknown key": [
		await token(usual(), stranger.privateKey, { kid: "new" }),
		/no applicable key/,
	],
	"of another key with a known name": [
		await token(usual(), stranger.privateKey),
		/signature/,
	],
	"with its own key in its head": [
		await token(usual(), stranger.privateKey, { jwk: stranger.jwk }),
		/signature/,
	],
	"with an address of its key": [
		await token(usual(), stranger.privateKey, {
			jku: "https://evil.example/jwks.json",
		}),
		/signature/,
	],
	"of a key for another algorithm": [
		await token(usual(), ec.privateKey, { alg: "ES256", kid: "rsa" }),
		/no applicable key/,
	],
	"with a part that must be understood": [
		`${base64url.encode(JSON.stringify({ alg: "EdDSA", kid: "ed", crit: ["x"], x: 1 }))}.${body}.${signature}`,
		/crit|not recognized/i,
	],
	"with other claims": [`${head}.${otherBody}.${signature}`, /signature/],
	"with another signature": [`${head}.${body}.${flipped}`, /signature/],
	"without a signature": [`${head}.${body}.`, /signature/],
	"with two parts": [`${head}.${body}`, /JWS/],
	"with five parts": [`${good}.a.b`, /JWS/],
	"of claims that are no object": [
		`${base64url.encode('{"alg":"EdDSA","kid":"ed"}')}.${base64url.encode("[]")}.${signature}`,
		/signature|JWT/,
	],
	oversized: [
		await token({ ...usual(), pad: "x".repeat(20_000) }),
		/longer than 16384/,
	],
	"sent twice": [`${good}, Bearer ${good}`, /JWS/],
	"no token": ["🔑".codePointAt(0)?.toString(36) ?? "", /JWS/],
	garbage: ["....", /JWS/],
};

describe("jwtBearer", () => {
	it("gives the claims of a token of each algorithm", async () => {
		const { app } = appWith(byKeys);
		await using client = await TestClient.start(app);
		const claims = usual();
		for (const [alg, kid, { privateKey }] of [
			["EdDSA", "ed", ed],
			["RS256", "rsa", rsa],
			["ES256", "ec", ec],
		] as const) {
			const text = await token(claims, privateKey, { alg, kid });
			const response = await client.get("/", sent(`Bearer ${text}`));
			assert.deepEqual(await response.json(), claims);
		}
	});

	for (const [algorithm, length] of [
		["HS256", 32],
		["HS384", 48],
		["HS512", 64],
	] as const) {
		it(`verifies ${algorithm} by a secret`, async () => {
			const bytes = new Uint8Array(length).fill(7);
			const scheme = jwtBearer({ algorithms: [algorithm], secret: bytes });
			const { app } = appWith(scheme);
			await using client = await TestClient.start(app);
			const claims = { exp: seconds() + 3_600 };
			const text = await token(claims, bytes, { alg: algorithm });
			const response = await client.get("/", sent(`Bearer ${text}`));
			assert.deepEqual(await response.json(), claims);
			const short = bytes.slice(1);
			assert.throws(
				() => jwtBearer({ algorithms: [algorithm], secret: short }),
				/RFC 7518/,
			);
		});
	}

	it("is 401 without a token, and says no more", async () => {
		const { app, log } = appWith(byKeys);
		await using client = await TestClient.start(app);
		for (const headers of [
			{},
			{ authorization: "Bearer" },
			{ authorization: "Basic abc" },
		]) {
			const response = await client.get("/", { headers });
			assert.equal(response.status, 401);
			assert.deepEqual(await response.json(), { detail: "Not authenticated" });
			assert.equal(response.headers.get("www-authenticate"), "Bearer");
		}
		assert.deepEqual(log, []);
	});

	for (const [name, [text, reason]] of Object.entries(vectors)) {
		it(`refuses a token: ${name}`, async () => {
			for (const scheme of [byKeys, optional]) {
				const { app, log } = appWith(scheme);
				await using client = await TestClient.start(app);
				const response = await client.get("/", sent(`Bearer ${text}`));
				assert.equal(response.status, 401);
				assert.deepEqual(await response.json(), { detail: "Invalid token" });
				assert.equal(
					response.headers.get("www-authenticate"),
					'Bearer error="invalid_token"',
				);
				assert.match(log.join("\n"), reason);
				assert.match(log.join("\n"), /^GET \/: a token was refused: /);
				assert.doesNotMatch(log.join("\n"), /eyJ/);
			}
		});
	}

	it("lets nobody pass where it is optional", async () => {
		const { app } = appWith(optional);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).json(), "nobody");
	});

	it("refuses a token for someone where it is no one", async () => {
		const scheme = jwtBearer({ algorithms: ["EdDSA"], keys: [ed.jwk] });
		const { app, log } = appWith(scheme);
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/", sent(`Bearer ${good}`))).status, 401);
		assert.match(log.join(), /no audience is configured/);
	});

	it("takes a time within the tolerance, a token without an end, a type", async () => {
		const scheme = jwtBearer({
			algorithms: ["EdDSA"],
			keys: [ed.jwk],
			clockToleranceS: 60,
			requireExpiry: false,
			type: "at+jwt",
		});
		const { app } = appWith(scheme);
		await using client = await TestClient.start(app);
		const typ = "at+jwt";
		for (const [claims, header, status] of [
			[{ exp: seconds() - 30 }, { typ }, 200],
			[{ exp: seconds() - 90 }, { typ }, 401],
			[{}, { typ }, 200],
			[{}, {}, 401],
			[{}, { typ: "JWT" }, 401],
		] as const) {
			const text = await token(claims, ed.privateKey, header);
			const response = await client.get("/", sent(`Bearer ${text}`));
			assert.equal(response.status, status);
		}
	});

	it("tries all keys for a token that names none", async () => {
		const keys = [stranger.jwk, ed.jwk].map(({ kid: _, ...key }) => key as Jwk);
		const scheme = jwtBearer({ algorithms: ["EdDSA"], keys, audience });
		const { app } = appWith(scheme);
		await using client = await TestClient.start(app);
		const nameless = { kid: undefined };
		const known = await token(usual(), ed.privateKey, nameless);
		assert.equal((await client.get("/", sent(`Bearer ${known}`))).status, 200);
		const other = await pair("EdDSA", "x");
		const unknown = await token(usual(), other.privateKey, nameless);
		assert.equal(
			(await client.get("/", sent(`Bearer ${unknown}`))).status,
			401,
		);
	});

	it("makes of the claims what their schema says", async () => {
		const claims = z.object({
			sub: z.string().transform((sub) => sub.toUpperCase()),
			level: z.int().default(1),
		});
		const scheme = jwtBearer({
			algorithms: ["EdDSA"],
			keys: [ed.jwk],
			audience,
			claims,
		});
		const typed: Dependency<{ sub: string; level: number }> = scheme;
		const { app, log } = appWith(typed);
		await using client = await TestClient.start(app);
		const response = await client.get("/", sent(`Bearer ${good}`));
		assert.deepEqual(await response.json(), { sub: "ADA", level: 1 });
		const wrong = await token({ ...usual(), level: "high" });
		const refused = await client.get("/", sent(`Bearer ${wrong}`));
		assert.equal(refused.status, 401);
		assert.deepEqual(await refused.json(), { detail: "Invalid token" });
		assert.match(log.join(), /claims: level: /);
		assert.doesNotMatch(log.join(), /high/);
	});

	it("wants the scopes that are asked for, in any of the claims for them", async () => {
		const { app } = appWith(byKeys);
		await using client = await TestClient.start(app);
		for (const [claims, status] of [
			[{ scope: "write read" }, 200],
			[{ scp: ["read", "write"] }, 200],
			[{ scp: "read write" }, 200],
			[{ scope: "read", scp: ["write"] }, 200],
			[{ scope: "read" }, 403],
			[{ scope: ["read write"] }, 403],
			[{ scope: "reads writes" }, 403],
			[{}, 403],
		] as const) {
			const text = await token({ ...usual(), ...claims } as JWTPayload);
			const response = await client.get("/orders", sent(`Bearer ${text}`));
			assert.equal(response.status, status);
			if (status === 403) {
				assert.equal(
					response.headers.get("www-authenticate"),
					'Bearer error="insufficient_scope", scope="read write"',
				);
				assert.deepEqual(await response.json(), {
					detail: "Not enough permissions",
				});
			}
		}
	});

	it("is in the document, with the flows if there are any", async () => {
		const read = async (scheme: Dependency<unknown>): Promise<unknown> => {
			await using client = await TestClient.start(appWith(scheme).app);
			const document = (await (await client.get("/openapi.json")).json()) as {
				components: { securitySchemes: unknown };
			};
			return document.components.securitySchemes;
		};
		assert.deepEqual(await read(byKeys), {
			HTTPBearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
		});
		const flows = {
			authorizationCode: { authorizationUrl: "/authorize", tokenUrl: "/token" },
		};
		const scheme = jwtBearer({
			algorithms: ["EdDSA"],
			keys: [ed.jwk],
			flows,
			schemeName: "login",
		});
		assert.deepEqual(await read(scheme), {
			login: {
				type: "oauth2",
				flows: {
					authorizationCode: { ...flows.authorizationCode, scopes: {} },
				},
			},
		});
	});

	it("refuses options that let everyone in, and shows no secret", () => {
		const algorithms = ["EdDSA"] as const;
		const keys = [ed.jwk];
		for (const [options, reason] of [
			[{ keys }, /algorithms must be given/],
			[
				{ algorithms: [], keys },
				/algorithms must be a list of .*; it is empty\.$/,
			],
			[
				{ algorithms: ["none"], keys },
				/a list of .*; algorithms\[0\] is "none"\.$/,
			],
			[{ algorithms: ["HS256"], keys }, /must never be taken/],
			[{ algorithms: ["EdDSA", "HS256"], keys }, /must never be taken/],
			[{ algorithms, secret }, /verified with a public key/],
			[
				{ algorithms: ["HS256"], secret: "swordfish" },
				/9 bytes, and HS256 needs 32/,
			],
			[{ algorithms: ["HS256"], secret: 12_345_678 }, /secret must be a text/],
			[
				{ algorithms, secrets: "swordfish" },
				/no option "secrets"; did you mean "secret"/,
			],
			[
				{ algorithms, secretOrKey: "swordfish" },
				/no option "secretOrKey"; write "secret"/,
			],
			[
				{ algorithms, key: "swordfish" },
				/no option "key"; did you mean "keys"/,
			],
			[{ algorithms }, /exactly one/],
			[{ algorithms, keys, jwks: "https://a.example/" }, /exactly one/],
			[{ algorithms, keys: [] }, /keys must be/],
			[
				{ algorithms, keys: [{ kty: "oct", k: "c3dvcmRmaXNo" }] },
				/keys must be/,
			],
			[{ algorithms, keys: [{ ...ed.jwk, d: "swordfish" }] }, /keys must be/],
			[{ algorithms, jwks: "id.example" }, /url must be/],
			[{ algorithms, jwks: "file:///etc/passwd" }, /url must be/],
			[{ algorithms, jwks: { url: "https://a.example", ttl: 1 } }, /"ttl"/],
			[{ algorithms, keys, audience: "" }, /audience must be/],
			[{ algorithms, keys, issuer: [] }, /issuer must be/],
			[{ algorithms, keys, claims: {} }, /claims must be/],
			[{ algorithms, keys, clockToleranceS: -1 }, /clockToleranceS must be/],
			[{ algorithms, keys, leeway: 1 }, /no option "leeway"/],
		] as const) {
			assert.throws(
				() => jwtBearer(options as never),
				(error: Error & { code: string }) => {
					assert.equal(error.code, "VIV_OPTION");
					assert.match(error.message, reason);
					assert.doesNotMatch(error.message, /swordfish|12345678|c3dvcm/);
					return true;
				},
			);
		}
	});
});
