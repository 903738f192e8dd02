import { createHash, timingSafeEqual } from "node:crypto";
import { SetupError } from "../errors/setup-error.ts";

/**
 * True when two texts are the same; takes the same time wherever they differ and whatever their lengths. For keys and tokens that are compared with one that is known; passwords belong to
 * `verifyPassword`.
 */
export function sameSecret(given: string, secret: string): boolean {
	if (typeof given !== "string" || typeof secret !== "string") {
		throw new SetupError(
			"VIV_OPTION",
			`sameSecret(): expected two texts, got ${typeof given} and ${typeof secret}.`,
		);
	}
	return timingSafeEqual(digest(given), digest(secret));
}

/** Of one length, and nothing that a client could aim at. */
function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
