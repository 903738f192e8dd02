import { Buffer } from "node:buffer";
import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	hkdfSync,
	randomBytes,
	timingSafeEqual,
} from "node:crypto";
import { SetupError } from "../errors/setup-error.ts";

/** Whether a text can be read by who has it: `signed`, or not: `sealed`. */
export type CookieMode = "signed" | "sealed";

/** The content of a text, and whether it would be written in the same way today. */
export interface Opened {
	readonly content: string;
	readonly isCurrent: boolean;
}

interface KeyPair {
	readonly sign: Uint8Array;
	readonly seal: Uint8Array;
}

const leastBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/**
 * Writes texts that no one else can write, and with `sealed` none can read: signed by HMAC-SHA-256, sealed by AES-256-GCM. The first key writes,
 * all read. Keys of their own are derived for each purpose, so that what is written for one is nothing for another.
 */
export class CookieKeys {
	readonly #keys: readonly KeyPair[];
	readonly #mode: CookieMode;
	readonly #purpose: string;

	/** @throws SetupError `VIV_OPTION` for keys that are too short; never with a key in it */
	constructor(
		where: string,
		keys: readonly (string | Uint8Array)[],
		mode: CookieMode,
		purpose: string,
	) {
		assertKeys(where, keys);
		this.#mode = mode;
		this.#purpose = purpose;
		this.#keys = keys.map((key) => ({
			sign: derive(key, `vivace ${purpose} signed`),
			seal: derive(key, `vivace ${purpose} sealed`),
		}));
	}

	write(content: string): string {
		const { sign, seal } = this.#keys[0] as KeyPair; // there is one
		return this.#mode === "signed"
			? signed(content, sign)
			: sealed(content, seal, this.#purpose);
	}

	/** Gives the value that was written; `undefined` for anything else. */
	read(text: string): Opened | undefined {
		for (const [index, { sign, seal }] of this.#keys.entries()) {
			for (const mode of ["signed", "sealed"] as const) {
				const content =
					mode === "signed"
						? verified(text, sign)
						: unsealed(text, seal, this.#purpose);
				if (content !== undefined) {
					return { content, isCurrent: index === 0 && mode === this.#mode };
				}
			}
		}
		return undefined;
	}
}

function signed(content: string, key: Uint8Array): string {
	const body = `1.${Buffer.from(content).toString("base64url")}`;
	return `${body}.${hmac(body, key).toString("base64url")}`;
}

function verified(text: string, key: Uint8Array): string | undefined {
	const [, body, content, signature] =
		/^(1\.([\w-]+))\.([\w-]{43})$/.exec(text) ?? [];
	if (body === undefined || content === undefined || signature === undefined) {
		return undefined;
	}
	return timingSafeEqual(hmac(body, key), Buffer.from(signature, "base64url"))
		? Buffer.from(content, "base64url").toString()
		: undefined;
}

function hmac(text: string, key: Uint8Array): Buffer {
	return createHmac("sha256", key).update(text).digest();
}

function sealed(content: string, key: Uint8Array, purpose: string): string {
	const iv = randomBytes(ivBytes);
	const cipher = createCipheriv("aes-256-gcm", key, iv);
	cipher.setAAD(Buffer.from(purpose));
	const parts = [iv, cipher.update(content, "utf8"), cipher.final()];
	return `2.${Buffer.concat([...parts, cipher.getAuthTag()]).toString("base64url")}`;
}

function unsealed(
	text: string,
	key: Uint8Array,
	purpose: string,
): string | undefined {
	const bytes = Buffer.from(/^2\.([\w-]+)$/.exec(text)?.[1] ?? "", "base64url");
	if (bytes.length < ivBytes + tagBytes) {
		return undefined;
	}
	const iv = bytes.subarray(0, ivBytes);
	const decipher = createDecipheriv("aes-256-gcm", key, iv, {
		authTagLength: tagBytes,
	});
	decipher.setAAD(Buffer.from(purpose));
	decipher.setAuthTag(bytes.subarray(-tagBytes));
	const data = bytes.subarray(ivBytes, -tagBytes);
	try {
		return Buffer.concat([decipher.update(data), decipher.final()]).toString();
	} catch {
		return undefined; // another key, or not ours
	}
}

function derive(key: string | Uint8Array, info: string): Uint8Array {
	return new Uint8Array(hkdfSync("sha256", key, "", info, leastBytes));
}

function assertKeys(where: string, keys: unknown): void {
	if (!Array.isArray(keys) || keys.length === 0) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: keys must be a list of secrets, the newest first; the others are those that it replaced.`,
		);
	}
	for (const [index, key] of keys.entries()) {
		const length =
			typeof key === "string" || key instanceof Uint8Array
				? Buffer.from(key as string).length
				: 0;
		if (length < leastBytes) {
			throw new SetupError(
				"VIV_OPTION",
				`${where}: keys[${index}] must have ${leastBytes} bytes at least, got ${length}; make one with "openssl rand -hex 32".`,
			);
		}
	}
}
