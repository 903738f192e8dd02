import * as crypto from "node:crypto";
import { promisify } from "node:util";
import { SetupError } from "../errors/setup-error.ts";
import type { PhcString } from "./phc.ts";

/** Computes hashes of one function. */
export interface PasswordFunction {
	readonly parameters: Readonly<Record<string, number>>;
	readonly version: number | undefined;
	/** The hash of a password, of `length` bytes, by these parameters. */
	readonly compute: (
		password: string,
		by: Omit<PhcString, "hash">,
		length: number,
	) => Promise<Uint8Array>;
}

const argon2Version = 19;

/** OWASP, "Password Storage Cheat Sheet": 19 MiB, two passes, one lane. */
const argon2: PasswordFunction = {
	version: argon2Version,
	parameters: { m: 19_456, t: 2, p: 1 },
	compute: computeArgon2,
};

/** OWASP, as above: 128 MiB. */
const scrypt: PasswordFunction = {
	version: undefined,
	parameters: { ln: 17, r: 8, p: 1 },
	compute: computeScrypt,
};

/** True where the runtime has Argon2: Node from 24.7 on, Bun from 1.4 on. */
const hasArgon2 = typeof crypto.argon2 === "function";

/** The function that new hashes are made by. */
export const currentId: string = hasArgon2 ? "argon2id" : "scrypt";
export const currentFunction: PasswordFunction = hasArgon2 ? argon2 : scrypt;

/** By the first part of the text. Argon2i and Argon2d are read, no longer made. */
export const passwordFunctions: ReadonlyMap<string, PasswordFunction> = new Map(
	Object.entries({
		argon2id: argon2,
		argon2i: argon2,
		argon2d: argon2,
		scrypt,
	}),
);

/** True when the parameters are those that the function has, neither more nor less. */
export function hasItsParameters(
	{ parameters, version }: PhcString,
	known: PasswordFunction,
): boolean {
	const names = Object.keys(known.parameters);
	return (
		version === known.version &&
		Object.keys(parameters).length === names.length &&
		names.every((name) => (parameters[name] ?? 0) > 0)
	);
}

async function computeArgon2(
	message: string,
	{ id, parameters: { m = 0, t = 0, p = 0 }, salt }: Omit<PhcString, "hash">,
	tagLength: number,
): Promise<Uint8Array> {
	if (!hasArgon2) {
		throw new SetupError(
			"VIV_OPTION",
			"verifyPassword(): the stored hash is of Argon2, which this runtime has not; take Node 24.7 or Bun 1.4, or later.",
		);
	}
	return promisify(crypto.argon2)(id as "argon2id", {
		message,
		nonce: salt,
		memory: m,
		passes: t,
		parallelism: p,
		tagLength,
	});
}

async function computeScrypt(
	password: string,
	{ parameters: { ln = 0, r = 0, p = 0 }, salt }: Omit<PhcString, "hash">,
	length: number,
): Promise<Uint8Array> {
	const options = {
		N: 2 ** ln,
		r,
		p,
		maxmem: 128 * r * (2 ** ln + p + 2) + 1024, // RFC 7914 §2: what it needs; the default is a quarter
	};
	return new Promise((resolve, reject) => {
		crypto.scrypt(
			password,
			salt,
			length,
			options,
			(error, hash) => (error ? reject(error) : resolve(hash)), // Bun gives undefined, Node null
		);
	});
}
