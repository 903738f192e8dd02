import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The arguments of Starlette's `SessionMiddleware`, so that its cookies can be read. */
export interface StarletteSession {
	/** Its `secret_key`. */
	readonly secretKey: string;
	/** Its `session_cookie`. Default: `session`. */
	readonly cookieName?: string;
	/** Its `max_age`, in seconds. Default: 1,209,600, 14 days. */
	readonly maxAgeS?: number;
}

const twoWeeksS = 1_209_600;

/**
 * The JSON text in a cookie of Starlette's: Base64, the time, and a signature of itsdangerous' `TimestampSigner` (HMAC-SHA-1, its key made as
 * `django-concat`); `undefined` for any other, and for one that is too old.
 */
export function readStarletteSession(
	text: string,
	{ secretKey, maxAgeS = twoWeeksS }: StarletteSession,
): string | undefined {
	const [, signedPart, content, time, signature] =
		/^(([\w+/=-]+)\.([\w-]{1,11}))\.([\w-]{27})$/.exec(text) ?? [];
	if (!signedPart || !content || !time || !signature) {
		return undefined;
	}
	const key = createHash("sha1")
		.update(`itsdangerous.Signersigner${secretKey}`)
		.digest();
	const expected = createHmac("sha1", key).update(signedPart).digest();
	if (!timingSafeEqual(expected, Buffer.from(signature, "base64url"))) {
		return undefined;
	}
	const seconds = Number.parseInt(
		Buffer.from(time, "base64url").toString("hex"),
		16,
	);
	const ageS = Date.now() / 1000 - seconds;
	return ageS <= maxAgeS && ageS > -60
		? Buffer.from(content, "base64").toString()
		: undefined;
}
