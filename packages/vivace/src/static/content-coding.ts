/** A content coding in which a file may lie beside itself, and how that one's name ends. */
export interface ContentCoding {
	/** As `Content-Encoding` names it (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
	readonly name: "br" | "zstd" | "gzip";
	readonly ending: string;
}

/** The smallest first, as a rule: what a client likes as well as another is sent in this order. */
const codings: readonly ContentCoding[] = [
	{ name: "br", ending: ".br" },
	{ name: "zstd", ending: ".zst" },
	{ name: "gzip", ending: ".gz" },
];

/**
 * The codings that a client takes at least as gladly as the file as it is, what it likes best first (RFC 9110 §12.5.3).
 *
 * @param header `Accept-Encoding`
 */
export function acceptedCodings(
	header: string | undefined,
): readonly ContentCoding[] {
	if (header === undefined) {
		return [];
	}
	const weights = parseWeights(header);
	const weightOf = (name: string) => weights.get(name) ?? weights.get("*") ?? 0;
	const identity = weights.get("identity") ?? 0;
	return codings
		.filter(({ name }) => weightOf(name) > 0 && weightOf(name) >= identity)
		.toSorted((a, b) => weightOf(b.name) - weightOf(a.name));
}

function parseWeights(header: string): Map<string, number> {
	const weights = new Map<string, number>();
	for (const item of header.toLowerCase().split(",")) {
		const [coding = "", ...parameters] = item
			.split(";")
			.map((part) => part.trim());
		const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
		const value = Number(weight?.slice(weight.indexOf("=") + 1) ?? 1);
		const name = coding === "x-gzip" ? "gzip" : coding;
		weights.set(name, Number.isNaN(value) ? 0 : value);
	}
	return weights;
}
