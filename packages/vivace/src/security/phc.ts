import { Buffer } from "node:buffer";

/** A password hash as a text in PHC's string format: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. */
export interface PhcString {
	/** The name of the function: `argon2id`, `scrypt`. */
	readonly id: string;
	readonly version: number | undefined;
	readonly parameters: Readonly<Record<string, number>>;
	readonly salt: Uint8Array;
	readonly hash: Uint8Array;
}

const form =
	/^\$(?<id>[a-z0-9-]{1,32})(?:\$v=(?<version>\d{1,10}))?\$(?<parameters>[a-z]{1,32}=\d{1,10}(?:,[a-z]{1,32}=\d{1,10})*)\$(?<salt>[A-Za-z0-9+/]+)\$(?<hash>[A-Za-z0-9+/]+)$/;

/** Reads what argon2-cffi, passlib and pwdlib write, too; `undefined` for a text of another form. */
export function parsePhc(text: string): PhcString | undefined {
	const parts = form.exec(text)?.groups;
	if (parts === undefined) {
		return undefined;
	}
	const { id = "", version, parameters = "", salt = "", hash = "" } = parts;
	const pairs = parameters.split(",").map((each) => each.split("="));
	return {
		id,
		version: version === undefined ? undefined : Number(version),
		parameters: Object.fromEntries(
			pairs.map(([name, value]) => [name, Number(value)]),
		),
		salt: octets(salt),
		hash: octets(hash),
	};
}

/** The text of a hash. */
export function formatPhc({
	id,
	version,
	parameters,
	salt,
	hash,
}: PhcString): string {
	const pairs = Object.entries(parameters).map((pair) => pair.join("="));
	return [
		"",
		id,
		...(version === undefined ? [] : [`v=${version}`]),
		pairs.join(","),
		base64(salt),
		base64(hash),
	].join("$");
}

function octets(text: string): Uint8Array {
	return Uint8Array.from(Buffer.from(text, "base64"));
}

/** Base64 without padding, as the format has it. */
function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
