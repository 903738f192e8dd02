import { createHash, timingSafeEqual } from "node:crypto";

/**
 * True when two texts are the same; takes the same time wherever they differ and whatever their lengths. For keys and tokens that are compared with one that is known; passwords belong to
 * `verifyPassword`.
 */
export function sameSecret(given: string, secret: string): boolean {
	return timingSafeEqual(digest(given), digest(secret));
}

/** Of one length, and nothing that a client could aim at. */
function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
