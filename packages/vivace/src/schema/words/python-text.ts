/** A value as Python's `repr` writes it: messages that quote values do so in FastAPI. */
export function pythonText(value: unknown): string {
	if (typeof value === "string") {
		const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
		const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
		return `${quote}${escaped.replaceAll(quote, `\\${quote}`)}${quote}`;
	}
	if (value === null || value === undefined) {
		return "None";
	}
	if (typeof value === "boolean") {
		return value ? "True" : "False";
	}
	return String(value);
}

/** `'a', 'b' or 'c'` */
export function pythonAlternatives(values: readonly unknown[]): string {
	const texts = values.map(pythonText);
	const last = texts.pop() ?? "";
	return texts.length === 0 ? last : `${texts.join(", ")} or ${last}`;
}

/** The name of the type that a value has in Python. */
export function pythonTypeName(value: unknown): string {
	switch (typeof value) {
		case "string":
			return "str";
		case "boolean":
			return "bool";
		case "bigint":
			return "int";
		case "number":
			return Number.isInteger(value) ? "int" : "float";
		default:
			return value === null
				? "NoneType"
				: Array.isArray(value)
					? "list"
					: value instanceof Uint8Array
						? "bytes"
						: "dict";
	}
}
