import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, it } from "node:test";
import { type Jwk, type JwtAlgorithm, jwtBearer } from "vivace/security";

const jwkOf = ({ publicKey }: { readonly publicKey: KeyObject }) =>
	publicKey.export({ format: "jwk" }) as Jwk;
const rsa = jwkOf(generateKeyPairSync("rsa", { modulusLength: 2048 }));
const small = jwkOf(generateKeyPairSync("rsa", { modulusLength: 1024 }));
const p256 = jwkOf(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const p384 = jwkOf(generateKeyPairSync("ec", { namedCurve: "P-384" }));
const ed = jwkOf(generateKeyPairSync("ed25519"));
const x25519 = jwkOf(generateKeyPairSync("x25519"));

const make = (algorithms: JwtAlgorithm[], ...keys: Jwk[]) =>
	jwtBearer({ algorithms, keys });

describe("the keys of jwtBearer", () => {
	const unusable: readonly (readonly [JwtAlgorithm, Jwk, RegExp])[] = [
		["RS256", p256, /keys\[0\] is of kty "EC", crv "P-256"\.$/],
		["ES256", p384, /is of kty "EC", crv "P-384"/],
		["ES256", rsa, /is of kty "RSA"\.$/],
		["EdDSA", x25519, /is of kty "OKP", crv "X25519"/],
		["RS256", { kty: "ZZZ" }, /is of kty "ZZZ"/],
		["RS256", small, /a modulus of less than 2,048 bits/],
		["RS256", { kty: "RSA", e: "AQAB" }, /a modulus of less than/],
		["RS256", { ...rsa, use: "enc" }, /its use is "enc"/],
		["RS256", { ...rsa, alg: "PS256" }, /for alg "PS256"/],
		["RS256", { ...rsa, key_ops: ["encrypt"] }, /key_ops without "verify"/],
	];
	for (const [algorithm, key, reason] of unusable) {
		it(`are refused where none verifies ${algorithm}: ${reason.source}`, () => {
			assert.throws(
				() => make([algorithm], key),
				(error: Error & { code: string }) => {
					assert.equal(error.code, "VIV_OPTION");
					assert.match(error.message, reason);
					assert.match(error.message, /none of the keys verifies/);
					return true;
				},
			);
		});
	}

	it("are taken where one of them verifies, as in a set that a provider gives out", () => {
		make(["RS256"], { ...rsa, use: "enc" }, p256, rsa);
		make(["RS256", "ES256"], p256);
		make(["PS384"], { ...rsa, use: "sig", key_ops: ["verify"], alg: "PS384" });
		make(["Ed25519"], ed);
		make(["Ed25519"], { ...ed, alg: "EdDSA" });
		make(["EdDSA"], { ...ed, alg: "Ed25519" });
	});
});
