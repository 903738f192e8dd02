import { decodePercent } from "./query-string.ts";

/**
 * The part of a path behind a prefix, still encoded, whichever characters of the prefix were sent as escapes; `undefined` when the path
 * is not below it. It begins with a slash (also where that was sent as `%2F`), or is empty: nothing else of it is decoded, so that
 * `a%3Fb` stays a name and does not become a query.
 *
 * @param prefix decoded, without a final slash
 */
export function behindPrefix(
	rawPath: string,
	prefix: string,
): string | undefined {
	const rest = rawPath.startsWith(prefix)
		? behind(rawPath, prefix.length)
		: undefined;
	// a prefix that ends in "%" is also the beginning of "%25"
	return rest ?? behind(rawPath, encodedLength(rawPath, prefix));
}

function behind(
	rawPath: string,
	length: number | undefined,
): string | undefined {
	if (length === undefined) {
		return undefined;
	}
	const rest = rawPath.slice(length);
	if (rest === "" || rest.startsWith("/")) {
		return rest;
	}
	return /^%2f/i.test(rest) ? `/${rest.slice(3)}` : undefined;
}

/** How much of the path stands for the prefix. */
function encodedLength(rawPath: string, prefix: string): number | undefined {
	if (!rawPath.includes("%")) {
		return undefined;
	}
	const encoded = /%[0-9a-f]{2}|[\s\S]/giy; // an escape, or a character
	// no character of the prefix is longer than four escapes
	while (
		encoded.lastIndex < rawPath.length &&
		encoded.lastIndex <= prefix.length * 12
	) {
		encoded.test(rawPath);
		const { lastIndex } = encoded;
		if (decodePercent(rawPath.slice(0, lastIndex)) === prefix) {
			return lastIndex;
		}
	}
	return undefined;
}

/** A path as it stands in a URL: what has no place there is escaped, escapes stay. */
export function encodedPath(path: string): string {
	return /^[\w\-.~/]*$/.test(path)
		? path
		: path
				.toWellFormed()
				.replace(
					/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/giu,
					encodeURIComponent,
				);
}
