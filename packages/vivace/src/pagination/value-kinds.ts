import { CursorError, DateText, type SortValue } from "./cursor.ts";

/** The kinds of a column's values, as far as a database tells them apart. */
export type ValueKind = "number" | "text" | "boolean" | "date";

/** The kinds of a column in some rows; none where all of them have null. */
export function kindsIn(
	rows: readonly (readonly SortValue[])[],
	index: number,
): ReadonlySet<ValueKind> {
	const kinds = new Set<ValueKind>();
	for (const values of rows) {
		const value = values[index] ?? null;
		if (value !== null) {
			kinds.add(kindOf(value));
		}
	}
	return kinds;
}

/** A cursor's value that its column can't have: databases compare such, or fail, each in its own way. */
export function wrongKind(options?: ErrorOptions): CursorError {
	return new CursorError(
		"the cursor holds a value that its list can't have; begin without a cursor",
		options,
	);
}

export function kindOf(value: NonNullable<SortValue>): ValueKind {
	switch (typeof value) {
		case "string":
			return "text";
		case "boolean":
			return "boolean";
		case "object":
			return "date";
		default:
			return "number";
	}
}

/** True for a value that a program may have of a column without having it whole. */
export function mayBeInexact(value: SortValue | undefined): boolean {
	return (
		value instanceof Date ||
		(typeof value === "number" && !Number.isSafeInteger(value))
	);
}

/** The kind of a value, for a message. */
export function textOf(value: SortValue | undefined): string {
	if (value instanceof DateText) {
		return value.text;
	}
	return value instanceof Date ? value.toISOString() : String(value);
}

/** SQLSTATE class 22, data exception: in PostgreSQL the transaction is over by then, and nothing can be read to find out. */
export function isWrongValue(error: unknown): boolean {
	const { code, cause } = Object(error) as {
		readonly code?: unknown;
		readonly cause?: unknown;
	};
	return (
		(typeof code === "string" && /^22.{3}$/.test(code)) ||
		(cause instanceof Error && isWrongValue(cause)) // a library's error around the driver's
	);
}
