import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from "jose";
import type { Jose } from "./import-jose.ts";
import { NoKeysError } from "./key-set.ts";

/** Why a token is refused; for the log, never for the client. */
export class TokenRefusal extends Error {
	override readonly name = "TokenRefusal";
}

/** No header that our servers take is longer. */
const longestToken = 16_384;

/** Verifies tokens: the form, the signature, the times, the issuer and the audience. */
export class TokenVerifier {
	readonly #jose: Jose;
	readonly #find: JWTVerifyGetKey;
	readonly #options: JWTVerifyOptions;

	constructor(jose: Jose, find: JWTVerifyGetKey, options: JWTVerifyOptions) {
		this.#jose = jose;
		this.#find = find;
		this.#options = options;
	}

	/**
	 * The claims of a token.
	 * @throws TokenRefusal with the reason
	 * @throws NoKeysError when nothing can be verified
	 */
	async verify(token: string): Promise<JWTPayload> {
		if (token.length > longestToken) {
			throw new TokenRefusal(`longer than ${longestToken} characters`);
		}
		try {
			const payload = await this.#verify(token);
			// RFC 7519 §4.1.3: who is nobody of an audience refuses what is for one
			if (this.#options.audience === undefined && "aud" in payload) {
				throw new TokenRefusal(
					'unexpected "aud" claim: no audience is configured',
				);
			}
			return payload;
		} catch (error) {
			throw error instanceof NoKeysError || error instanceof TokenRefusal
				? error
				: new TokenRefusal(reasonOf(error), { cause: error });
		}
	}

	async #verify(token: string): Promise<JWTPayload> {
		const { errors, jwtVerify } = this.#jose;
		try {
			return (await jwtVerify(token, this.#find, this.#options)).payload;
		} catch (error) {
			if (!(error instanceof errors.JWKSMultipleMatchingKeys)) {
				throw error;
			}
			return this.#verifyWithAny(token, error);
		}
	}

	/** A token without a key's name, where several keys would do. */
	async #verifyWithAny(
		token: string,
		keys: AsyncIterable<CryptoKey>,
	): Promise<JWTPayload> {
		const { errors, jwtVerify } = this.#jose;
		for await (const key of keys) {
			try {
				return (await jwtVerify(token, key, this.#options)).payload;
			} catch (error) {
				if (!(error instanceof errors.JWSSignatureVerificationFailed)) {
					throw error;
				}
			}
		}
		throw new errors.JWSSignatureVerificationFailed();
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
