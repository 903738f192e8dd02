import { isPlainObject } from "./conversion.ts";

/** A value of which only what was given is there: fields that were left out are absent, also where the schema has a default. */
export type WithoutUnset<Value> = Value extends readonly (infer Item)[]
	? WithoutUnset<Item>[]
	: Value extends Kept
		? Value
		: Value extends object
			? { -readonly [Name in keyof Value]?: WithoutUnset<Value[Name]> }
			: Value;

/** Objects that are values, not models. */
type Kept =
	| Date
	| Uint8Array
	| ReadonlySet<unknown>
	| ReadonlyMap<unknown, unknown>;

/** Leaves out of a validated value, at any depth, the fields that the schema filled in: those that `given` does not have. */
export function withoutUnset(value: unknown, given: unknown): unknown {
	if (Array.isArray(value) && Array.isArray(given)) {
		return value.map((item, index) => withoutUnset(item, given[index]));
	}
	if (!isPlainObject(value) || !isFields(given)) {
		return value;
	}
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => given[name] !== undefined)
			.map(([name, field]) => [name, withoutUnset(field, given[name])]),
	);
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}
