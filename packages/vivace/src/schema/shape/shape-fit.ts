import { isJsonObject } from "../../json/json-object.ts";
import type { Shape } from "./shape.ts";
import { WalkMemory } from "./walk-memory.ts";

const fits = new WalkMemory<boolean>();

/**
 * Tells whether a value is, as it stands, of the kind that a shape asks for: enough to choose the member of a union, less than
 * the schema's own validation.
 */
export function fitsShape(shape: Shape, value: unknown): boolean {
	if (value === null && shape.isNullable) {
		return true;
	}
	switch (shape.kind) {
		case "any":
			return true;
		case "null":
			return value === null;
		case "boolean":
			return typeof value === "boolean";
		case "integer":
			return Number.isInteger(value);
		case "number":
			return typeof value === "number";
		case "bigint":
			return typeof value === "bigint";
		case "string":
			return typeof value === "string" && fitsText(shape, value);
		case "date":
			return value instanceof Date;
		case "file":
			return value instanceof Blob;
		case "bytes":
			return value instanceof Uint8Array;
		case "choice":
			return shape.values.includes(value);
		case "list":
			return Array.isArray(value) && allFit(shape.items, value);
		case "set":
			return value instanceof Set && allFit(shape.items, value);
		case "tuple":
			return Array.isArray(value) && fitsTuple(shape, value);
		case "map":
			return value instanceof Map && allFit(shape.items, value.values());
		case "record":
			return isJsonObject(value) && allFit(shape.items, Object.values(value));
		case "object":
			return isJsonObject(value) && fitsObject(shape, value);
		case "union":
			return fits.once(shape, value, () =>
				shape.members.some((member) => fitsShape(member, value)),
			);
	}
}

function fitsText(shape: Shape, text: string): boolean {
	if (text.length < shape.minLength || text.length > shape.maxLength) {
		return false;
	}
	return shape.patterns.every((pattern) => matches(pattern, text));
}

/** Tries a pattern from the start: one with `g` or `y` goes on where it stopped. */
export function matches(pattern: RegExp, text: string): boolean {
	pattern.lastIndex = 0;
	return pattern.test(text);
}

function allFit(items: Shape | undefined, values: Iterable<unknown>): boolean {
	if (items === undefined) {
		return true;
	}
	for (const value of values) {
		if (!fitsShape(items, value)) {
			return false;
		}
	}
	return true;
}

function fitsTuple(shape: Shape, values: readonly unknown[]): boolean {
	return shape.positions.every(
		(position, index) =>
			index < values.length && fitsShape(position, values[index]),
	);
}

function fitsObject(
	shape: Shape,
	value: Readonly<Record<string, unknown>>,
): boolean {
	for (const [name, field] of shape.fields) {
		const item = Object.hasOwn(value, name) ? value[name] : undefined;
		if (
			item === undefined ? shape.required.has(name) : !fitsShape(field, item)
		) {
			return false;
		}
	}
	return true;
}
