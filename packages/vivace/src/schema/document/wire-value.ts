import { modelCompatible } from "../../json/compatible.ts";

/**
 * A constant of a schema (a default, an example) as it is on the wire; `undefined` if it can't be there.
 *
 * @throws TypeError for what contains itself
 */
export function wireValue(value: unknown): unknown {
	if (
		typeof value === "string" ||
		typeof value === "boolean" ||
		Number.isFinite(value) ||
		value === null ||
		value === undefined
	) {
		return value;
	}
	const text = JSON.stringify(modelCompatible(value));
	return text === undefined ? undefined : JSON.parse(text);
}
