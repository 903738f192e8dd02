import { Buffer } from "node:buffer";

/** A public key (RFC 7517 §4). */
export interface Jwk {
	readonly kty: string;
	readonly [member: string]: unknown;
}

const curves: Readonly<Record<string, readonly string[]>> = {
	"P-256": ["ES256"],
	"P-384": ["ES384"],
	"P-521": ["ES512"],
	Ed25519: ["EdDSA", "Ed25519"],
};

/** RFC 7518 §3.3: 2,048 bits at least. */
const leastModulusBytes = 256;

/** Why no token of these algorithms can be verified by any of the keys: all would be refused; `undefined` where one does. */
export function keysMistake(
	keys: readonly Jwk[],
	algorithms: readonly string[],
): string | undefined {
	const mistakes = keys.map((key) => keyMistake(key, algorithms));
	if (mistakes.includes(undefined)) {
		return undefined;
	}
	const told = mistakes.map((mistake, index) => `keys[${index}] ${mistake}`);
	const named = algorithms.join(", ");
	return `none of the keys verifies ${named}: ${told.join("; ") || "there are none"}.`;
}

/** RFC 7517 §4, RFC 7518 §6. */
function keyMistake(
	key: Jwk,
	algorithms: readonly string[],
): string | undefined {
	const { alg, use, key_ops: operations, n } = key;
	if (!algorithms.some((each) => isOfItsKind(key, each))) {
		return `is of kty ${JSON.stringify(key.kty)}${key.crv === undefined ? "" : `, crv ${JSON.stringify(key.crv)}`}`;
	}
	if (alg !== undefined && !algorithms.some((each) => isNamed(each, alg))) {
		return `says that it is for alg ${JSON.stringify(alg)}`;
	}
	if (use !== undefined && use !== "sig") {
		return `says that its use is ${JSON.stringify(use)}`;
	}
	if (Array.isArray(operations) && !operations.includes("verify")) {
		return 'has key_ops without "verify"';
	}
	if (key.kty === "RSA" && modulusBytes(n) < leastModulusBytes) {
		return "has a modulus of less than 2,048 bits";
	}
	return undefined;
}

function isOfItsKind({ kty, crv }: Jwk, algorithm: string): boolean {
	return kty === "RSA"
		? /^[RP]S/.test(algorithm)
		: (kty === "EC" || kty === "OKP") &&
				curves[String(crv)]?.includes(algorithm) === true;
}

/** RFC 9864 names Ed25519 what RFC 8037 has called EdDSA. */
function isNamed(algorithm: string, name: unknown): boolean {
	return (
		algorithm === name ||
		(curves.Ed25519?.includes(algorithm) === true &&
			curves.Ed25519.includes(String(name)))
	);
}

function modulusBytes(n: unknown): number {
	const bytes = Buffer.from(typeof n === "string" ? n : "", "base64url");
	return bytes[0] === 0 ? bytes.length - 1 : bytes.length;
}
