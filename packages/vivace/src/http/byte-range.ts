/** Bytes of a file; `end` is not among them. */
export interface ByteRange {
	readonly start: number;
	readonly end: number;
}

/** A `Range` header as it was read: ranges, nothing that we understand, or nothing that the file has. */
export type RangeRequest =
	| { readonly kind: "ranges"; readonly ranges: readonly ByteRange[] }
	| { readonly kind: "ignored" }
	| { readonly kind: "malformed" }
	| { readonly kind: "unsatisfiable" };

/** More ranges than these are taken for an attack, and the whole file is sent (RFC 9110 §14.2). */
const maxRanges = 100;

/**
 * Reads a `Range` header (RFC 9110 §14.1.2). Ranges that overlap or touch become one; several are in ascending order; those
 * beyond the end are left out as long as another is within. Units other than `bytes` are ignored.
 */
export function parseRange(header: string, sizeBytes: number): RangeRequest {
	const equals = header.indexOf("=");
	if (equals === -1) {
		return { kind: "malformed" };
	}
	if (header.slice(0, equals).trim().toLowerCase() !== "bytes") {
		return { kind: "ignored" };
	}
	const specs = header
		.slice(equals + 1)
		.split(",")
		.map((spec) => spec.trim())
		.filter((spec) => spec !== "");
	if (specs.length > maxRanges) {
		return { kind: "ignored" };
	}
	const ranges: ByteRange[] = [];
	for (const spec of specs) {
		const range = parseSpec(spec, sizeBytes);
		if (range === undefined) {
			return { kind: "malformed" };
		}
		if (range.start < range.end) {
			ranges.push(range);
		}
	}
	if (specs.length === 0) {
		return { kind: "malformed" };
	}
	if (ranges.length === 0) {
		return { kind: "unsatisfiable" };
	}
	return { kind: "ranges", ranges: merged(ranges) };
}

// a range that is empty (start = end) lies beyond the end of the file
function parseSpec(spec: string, sizeBytes: number): ByteRange | undefined {
	const match = /^(\d*)\s*-\s*(\d*)$/.exec(spec);
	const [, first = "", last = ""] = match ?? [];
	if (first === "") {
		if (last === "") {
			return undefined;
		}
		return { start: Math.max(sizeBytes - Number(last), 0), end: sizeBytes };
	}
	const start = Math.min(Number(first), sizeBytes);
	if (last === "") {
		return { start, end: sizeBytes };
	}
	if (Number(last) < Number(first)) {
		return undefined;
	}
	return { start, end: Math.min(Number(last) + 1, sizeBytes) };
}

function merged(ranges: readonly ByteRange[]): readonly ByteRange[] {
	const result: ByteRange[] = [];
	for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
		const previous = result.at(-1);
		if (previous === undefined || range.start > previous.end) {
			result.push(range);
		} else {
			const end = Math.max(previous.end, range.end);
			result[result.length - 1] = { start: previous.start, end };
		}
	}
	return result;
}
