import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A value that a list can be sorted by. */
export type SortValue =
	| string
	| number
	| bigint
	| boolean
	| Date
	| DateText
	| null;

/** A date as its column holds it, where a `Date` would be less: with microseconds, or written in a way of its own. */
export class DateText {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

/** Which part of a list a cursor stands for. */
export interface Position {
	/** The items that follow in the list's order, or come before, nearest first. */
	readonly direction: "after" | "before";
	/** True when the item at the position belongs to that part. */
	readonly isInclusive: boolean;
	/** The item's values in the columns that the list is sorted by. */
	readonly values: readonly SortValue[];
}

/** A cursor that can't be used; the message is for the client. */
export class CursorError extends Error {
	override readonly name = "CursorError";
}

/** Turns positions into texts and back. */
export interface CursorCodec {
	/** @param list what names the list, see {@link listDigest} */
	encode(position: Position, list: string): string;
	/** @throws CursorError for a text that is damaged, forged, or made for another list */
	decode(cursor: string, list: string): Position;
}

const version = 1;
const modes = ["after", "before", "after=", "before="] as const;

/**
 * Cursors as base64url of `[version, mode, values, list]` in JSON, opaque to clients; with a key an HMAC (SHA-256, 128 bits) stands behind a dot,
 * so that clients can't make their own.
 */
export function cursorCodec(key: string | Uint8Array | undefined): CursorCodec {
	const signatureOf = (text: string): string =>
		createHmac("sha256", key ?? "")
			.update(text)
			.digest()
			.subarray(0, 16)
			.toString("base64url");
	return {
		encode({ direction, isInclusive, values }, list) {
			const mode = modes.indexOf(isInclusive ? `${direction}=` : direction);
			const fields = [version, mode, values.map(toJson), list];
			const text = Buffer.from(JSON.stringify(fields)).toString("base64url");
			return key === undefined ? text : `${text}.${signatureOf(text)}`;
		},
		decode(cursor, list) {
			const [text = "", signature = ""] = cursor.split(".", 2);
			if (key !== undefined && !isEqual(signature, signatureOf(text))) {
				throw damaged();
			}
			return readFields(parse(text), list);
		},
	};
}

/** A short text that differs for lists that differ: in what they are selected by, or sorted by. */
export function listDigest(...parts: readonly unknown[]): string {
	const text = JSON.stringify(parts, (_, value: unknown) =>
		typeof value === "bigint" ? `${value}n` : value,
	);
	return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

function readFields(fields: readonly unknown[], list: string): Position {
	const [madeBy, mode, values, owner] = fields;
	const name = modes[mode as number];
	if (madeBy !== version || name === undefined || !Array.isArray(values)) {
		throw damaged();
	}
	if (owner !== list) {
		throw new CursorError(
			"the cursor belongs to another list: its filters or its order are not those of this request; begin without a cursor",
		);
	}
	return {
		direction: name.startsWith("after") ? "after" : "before",
		isInclusive: name.endsWith("="),
		values: values.map(fromJson),
	};
}

function parse(text: string): readonly unknown[] {
	try {
		const fields: unknown = JSON.parse(
			Buffer.from(text, "base64url").toString(),
		);
		if (Array.isArray(fields)) {
			return fields;
		}
	} catch {
		// not JSON: as wrong as any other text
	}
	throw damaged();
}

function damaged(): CursorError {
	return new CursorError(
		"the cursor is damaged or was not made by this API; begin without a cursor",
	);
}

/** JSON has no dates and no big integers: they are marked by a list. */
function toJson(value: SortValue): unknown {
	if (value instanceof Date) {
		return ["d", value.getTime()];
	}
	if (value instanceof DateText) {
		return ["t", value.text];
	}
	return typeof value === "bigint" ? ["n", String(value)] : value;
}

function fromJson(value: unknown): SortValue {
	if (value === null || typeof value === "string") {
		return value;
	}
	if (typeof value === "boolean") {
		return value;
	}
	if (typeof value === "number" && Number.isFinite(value)) {
		return value;
	}
	const [mark, content] = Array.isArray(value) ? value : [];
	if (mark === "d" && typeof content === "number" && isTime(content)) {
		return new Date(content);
	}
	if (mark === "t" && typeof content === "string" && isDateText(content)) {
		return new DateText(content);
	}
	if (mark === "n" && /^-?\d{1,20}$/.test(String(content))) {
		const integer = BigInt(content);
		if (integer >= leastInteger && integer <= mostInteger) {
			return integer;
		}
	}
	throw damaged();
}

/** The range of a column of integers: 64 bits, on MySQL without a sign too. */
const leastInteger = -(2n ** 63n);
const mostInteger = 2n ** 64n - 1n;

function isDateText(text: string): boolean {
	return /^(?:-?infinity|\d{4,7}-\d\d-\d\d(?:[ T][\d:.]{5,18}(?:Z|[-+]\d\d(?::?\d\d)?)?)?(?: BC)?)$/.test(
		text,
	);
}

/** True for a date that databases know: the years 0 to 9999. */
function isTime(ms: number): boolean {
	return ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999;
}

function isEqual(left: string, right: string): boolean {
	const [a, b] = [Buffer.from(left), Buffer.from(right)];
	return a.length === b.length && timingSafeEqual(a, b);
}
