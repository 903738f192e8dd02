/** Bytes of a file; `end` is not among them. */
export interface ByteRange {
	readonly start: number;
	readonly end: number;
}

/** A `Range` header as it was read: ranges, too many of them, nothing that we understand, or something that the file has not. */
export type RangeRequest =
	| { readonly kind: "ranges"; readonly ranges: readonly ByteRange[] }
	| { readonly kind: "ignored" }
	| { readonly kind: "malformed"; readonly detail: string }
	| { readonly kind: "unsatisfiable" };

/** More ranges than these are taken for an attack, and the whole file is sent (RFC 9110 §14.2). */
const maxRanges = 100;

/**
 * Reads a `Range` header (RFC 9110 §14.1.2) as Starlette does: ranges that overlap or touch become one, several are in ascending order, what is
 * no range is left out. One that begins beyond the end makes all of them unsatisfiable, and a unit other than `bytes` is a fault, where the RFC
 * would have both passed over.
 */
export function parseRange(header: string, sizeBytes: number): RangeRequest {
	const equals = header.indexOf("=");
	if (equals === -1) {
		return malformed("Malformed range header.");
	}
	if (header.slice(0, equals).trim().toLowerCase() !== "bytes") {
		return malformed("Only support bytes range");
	}
	const specs = header.slice(equals + 1).split(",");
	if (specs.length > maxRanges) {
		return { kind: "ignored" };
	}
	const ranges = specs
		.map((spec) => parseSpec(spec.trim(), sizeBytes))
		.filter((range) => range !== undefined);
	if (ranges.length === 0) {
		return malformed("Range header: range must be requested");
	}
	if (ranges.some(({ start }) => start >= sizeBytes)) {
		return { kind: "unsatisfiable" };
	}
	if (ranges.some(({ start, end }) => start >= end)) {
		return malformed("Range header: start must be less than end");
	}
	return { kind: "ranges", ranges: merged(ranges) };
}

function malformed(detail: string): RangeRequest {
	return { kind: "malformed", detail };
}

/** One of the ranges; `undefined` for what is none. */
function parseSpec(spec: string, sizeBytes: number): ByteRange | undefined {
	const match = /^(\d*)\s*-\s*(\d*)$/.exec(spec);
	const [, first = "", last = ""] = match ?? [];
	if (first === "") {
		return last === ""
			? undefined
			: { start: Math.max(sizeBytes - Number(last), 0), end: sizeBytes };
	}
	const end = last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
	return { start: Number(first), end };
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
