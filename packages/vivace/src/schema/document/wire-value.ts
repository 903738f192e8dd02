import { isoText } from "../shape/iso-date.ts";

/**
 * A constant of a schema (a default, an example) as it is on the wire; `undefined` if it can't be there.
 *
 * @throws TypeError for what contains itself
 */
export function wireValue(value: unknown): unknown {
	if (typeof value === "string" || typeof value === "boolean") {
		return value;
	}
	const text = JSON.stringify(value, function (this: object, key, written) {
		// a date has been made a text already
		const part = (this as Readonly<Record<string, unknown>>)[key];
		if (typeof part === "bigint") {
			return Number(part);
		}
		if (part instanceof Date && !Number.isNaN(part.getTime())) {
			return isoText(part);
		}
		if (part instanceof Set) {
			return [...part];
		}
		return part instanceof Map ? Object.fromEntries(part) : written;
	});
	return text === undefined ? undefined : JSON.parse(text);
}
