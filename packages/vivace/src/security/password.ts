import { randomBytes, timingSafeEqual } from "node:crypto";
import { SetupError } from "../errors/setup-error.ts";
import { inTurn } from "./hash-queue.ts";
import { mustAwait } from "./must-await.ts";
import {
	currentFunction,
	currentId,
	hasItsParameters,
	type PasswordFunction,
	passwordFunctions,
} from "./password-hash.ts";
import { formatPhc, type PhcString, parsePhc } from "./phc.ts";

const saltBytes = 16;
const hashBytes = 32;

const bcryptForm = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

/**
 * The hash of a password, to be stored: Argon2id with OWASP's parameters, scrypt where the runtime has no Argon2 (Deno). A text in PHC's format,
 * about a hundred characters, which argon2-cffi, passlib and pwdlib read too. It takes about 50 ms of a thread of its own; few are computed at
 * once, the others wait.
 *
 * @throws HTTPException 503 when more than a hundred wait already
 */
export async function hashPassword(password: string): Promise<string> {
	assertText("hashPassword", password);
	const by = {
		id: currentId,
		version: currentFunction.version,
		parameters: currentFunction.parameters,
		salt: randomBytes(saltBytes),
	};
	const hash = await inTurn(() =>
		currentFunction.compute(password, by, hashBytes),
	);
	return formatPhc({ ...by, hash });
}

/**
 * True when a stored hash is that of the password. Without a hash (undefined, null, empty) it takes as long as with one and is false, so that no one learns who has an
 * account: `verifyPassword(form.password, users.get(form.username)?.hash)`.
 *
 * Hashes of Argon2 and scrypt in PHC's format verify, and with the package `bcrypt` those of bcrypt (`$2b$…`), so that a table of users can be
 * moved; {@link needsRehash} says which of them to renew.
 *
 * @throws HTTPException 503 when more than a hundred wait already
 * @throws TypeError for a stored hash in no known form
 * @throws SetupError `VIV_OPTION` for one of a function that is not there: bcrypt without its package, Argon2 on Deno
 * @example
 * ```ts
 * import { hashPassword, needsRehash, verifyPassword } from "vivace/security";
 *
 * const user = { hash: await hashPassword("correct horse") };
 * if (await verifyPassword("correct horse", user.hash)) {
 * 	if (needsRehash(user.hash)) user.hash = await hashPassword("correct horse");
 * }
 * ```
 */
export function verifyPassword(
	password: string,
	hash: string | null | undefined,
): Promise<boolean> {
	return mustAwait("verifyPassword", isPassword(password, hash));
}

async function isPassword(
	password: string,
	hash: string | null | undefined,
): Promise<boolean> {
	assertText("verifyPassword", password);
	assertHash("verifyPassword", hash ?? "");
	if (!hash) {
		await hashPassword(password);
		return false;
	}
	if (bcryptForm.test(hash)) {
		const { compare } = await loadBcrypt();
		// 2y is PHP's name of what others call 2b
		const common = hash.replace("$2y$", "$2b$");
		return inTurn(() => compare(password, common));
	}
	const { stored, known } = readHash(hash);
	const computed = await inTurn(() =>
		known.compute(password, stored, stored.hash.length),
	);
	return timingSafeEqual(computed, stored.hash);
}

/** True when a hash was made by another function or with other parameters than {@link hashPassword} has now: renew it at the next login. */
export function needsRehash(hash: string): boolean {
	assertHash("needsRehash", hash);
	const stored = parsePhc(hash);
	if (stored === undefined || stored.id !== currentId) {
		return true;
	}
	const { parameters, version } = currentFunction;
	return (
		stored.version !== version ||
		stored.hash.length < hashBytes ||
		stored.salt.length < saltBytes ||
		Object.entries(parameters).some(
			([name, value]) => stored.parameters[name] !== value,
		)
	);
}

function readHash(hash: string): {
	readonly stored: PhcString;
	readonly known: PasswordFunction;
} {
	const stored = parsePhc(hash);
	const known = stored && passwordFunctions.get(stored.id);
	if (!stored || !known || !hasItsParameters(stored, known)) {
		throw new TypeError(
			"verifyPassword(): the stored hash is in no form that is known ($argon2id$v=19$…, $scrypt$…, $2b$…); store what hashPassword() gives.",
		);
	}
	return { stored, known };
}

function assertText(where: string, password: unknown): void {
	if (typeof password !== "string") {
		// never with the value in it
		throw new SetupError(
			"VIV_OPTION",
			`${where}(): the password must be a text, got ${typeof password}.`,
		);
	}
}

function assertHash(where: string, hash: unknown): void {
	if (typeof hash !== "string") {
		throw new SetupError(
			"VIV_OPTION",
			`${where}(): the hash must be a text, got ${typeof hash}.`,
		);
	}
}

interface Bcrypt {
	readonly compare: (password: string, hash: string) => Promise<boolean>;
}

async function loadBcrypt(): Promise<Bcrypt> {
	const name: string = "bcrypt";
	try {
		const { default: bcrypt } = (await import(name)) as { default: Bcrypt };
		return bcrypt;
	} catch (cause) {
		throw new SetupError(
			"VIV_OPTION",
			'verifyPassword(): the stored hash is of bcrypt, which needs the package "bcrypt": npm install bcrypt.',
			{ cause },
		);
	}
}
