/** True for members by name, as a JSON object has them: not null, not a list. */
export function isJsonObject(
	value: unknown,
): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
