/**
 * The rule for a file's `Cache-Control`: `"revalidate"` has the client ask each time whether its copy is still the same; `"immutable"`
 * does so too, but for names with a hash in them (`app.3f2a9c1b.js`, `index-Di3rgTda.js`), which it may keep for a year without asking;
 * a function gives the header for a path below the folder (`assets/app.js`), or an empty text for none.
 */
export type CacheRule = "revalidate" | "immutable" | ((path: string) => string);

/** The value of `Cache-Control` for a file; `undefined` for none. */
export function cacheControl(
	rule: CacheRule | undefined,
	segments: readonly string[],
): string | undefined {
	if (rule === undefined) {
		return undefined;
	}
	if (typeof rule === "function") {
		return rule(segments.join("/")) || undefined;
	}
	return rule === "immutable" && isHashed(segments.at(-1) ?? "")
		? "public, max-age=31536000, immutable"
		: mustRevalidate;
}

/** The client keeps a copy, and asks each time whether it is still the same. */
export const mustRevalidate = "no-cache";

/** The fault of a rule; `undefined` if there is none. */
export function cacheRuleMistake(rule: unknown): string | undefined {
	return rule === "revalidate" ||
		rule === "immutable" ||
		typeof rule === "function"
		? undefined
		: '"revalidate", "immutable" or a function of the path';
}

/**
 * True for a name that bundlers give: a part of it, after a dot or a hyphen, is a hash. A word must never be taken for one, or its file
 * would be kept for a year; a hash that reads like a word (one in four of Vite's has no digit) is asked for each time.
 */
export function isHashed(name: string): boolean {
	return name
		.split(".")
		.slice(0, -1)
		.some((part, index) => {
			const ends = [part.slice(-8), part.slice(part.lastIndexOf("-") + 1)];
			// Vite's hashes may have hyphens in them, so the last eight characters count too
			const isAfterHyphen = part.at(-9) === "-";
			return (
				(isAfterHyphen && isBase64Hash(ends[0] ?? "")) ||
				((part.includes("-") || index > 0) && isHash(ends[1] ?? ""))
			);
		});
}

function isHash(text: string): boolean {
	const isHex = /^[0-9a-f]{8,64}$/.test(text);
	const isBase32 = /^[0-9A-Z]{8}$/.test(text);
	const isMixed = /\d/.test(text) && /[a-z]/i.test(text);
	return ((isHex || isBase32) && isMixed) || isBase64Hash(text);
}

/** Eight characters with capitals, small letters and a digit before a letter: `Version2` is a word. */
function isBase64Hash(text: string): boolean {
	return (
		/^[\w-]{8}$/.test(text) &&
		/[A-Z]/.test(text) &&
		/[a-z]/.test(text) &&
		/\d[\w-]*[a-z]/i.test(text)
	);
}
