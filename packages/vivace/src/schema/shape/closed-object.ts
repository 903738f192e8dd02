import { isPlainObject } from "./plain-object.ts";
import type { Shape } from "./shape.ts";

/** An object that says nothing of further fields. */
export function isClosed(shape: Shape): boolean {
	return shape.kind === "object" && shape.items === undefined;
}

/** The object with only the fields that its shape names. */
export function withoutUnknown(shape: Shape, value: unknown): unknown {
	if (!isPlainObject(value)) {
		return value;
	}
	const names = Object.keys(value);
	const known = names.filter((name) => shape.fields.has(name));
	return known.length === names.length
		? value
		: Object.fromEntries(known.map((name) => [name, value[name]]));
}
