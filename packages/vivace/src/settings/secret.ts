import { inspect } from "node:util";
import { isPlainObject } from "../schema/shape/plain-object.ts";
import type { Shape } from "../schema/shape/shape.ts";

/** Printed in place of a secret, whatever its length. */
export const secretMask = "**********";

/** True when a variable or a field is to be kept out of logs by its name: `*PASSWORD*`, `*SECRET*`, `*TOKEN*`, `*KEY*` and the like. */
export function isSecretName(name: string): boolean {
	return /password|passwd|passphrase|secret|token|key|credential/i.test(name);
}

/**
 * The value as it may be printed: secrets (by `format: password` or `writeOnly` of the schema, or by name) masked at any depth,
 * also the password within a URL.
 */
export function concealed(
	value: unknown,
	isSecret: boolean,
	shape: Shape | undefined,
): unknown {
	if (value === undefined || value === null) {
		return value;
	}
	if (isSecret || shape?.isSecret) {
		return secretMask;
	}
	if (typeof value === "string") {
		return withoutUrlPassword(value);
	}
	if (Array.isArray(value)) {
		return value.map((item) => concealed(item, false, shape?.items));
	}
	if (!isPlainObject(value)) {
		return value;
	}
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [
			key,
			concealed(
				item,
				isSecretName(key),
				shape?.fields.get(key) ?? shape?.items,
			),
		]),
	);
}

/** `value`, frozen at any depth; `util.inspect`, `console.log` and `JSON.stringify` show `shown` in its place. */
export function freezeConcealed<Value extends object>(
	value: Value,
	shown: object,
): Value {
	for (const item of Object.values(value)) {
		freezePlain(item);
	}
	// not enumerable: the settings stay a plain record for comparison and spreading
	Object.defineProperty(value, "toJSON", { value: () => shown });
	Object.defineProperty(value, inspect.custom, {
		value: (_depth: number, options: object, print: typeof inspect) =>
			print(shown, options),
	});
	return Object.freeze(value);
}

function freezePlain(value: unknown): void {
	if (!Array.isArray(value) && !isPlainObject(value)) {
		return;
	}
	if (Object.isFrozen(value)) {
		return;
	}
	Object.freeze(value);
	for (const item of Object.values(value)) {
		freezePlain(item);
	}
}

function withoutUrlPassword(text: string): string {
	return text.replace(
		/^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:)[^/?#]*@/i,
		`$1${secretMask}@`,
	);
}
