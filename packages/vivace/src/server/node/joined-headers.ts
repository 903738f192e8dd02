/** Headers of which Node takes the first where there are several (its documentation, `message.headers`). */
const single: ReadonlySet<string> = new Set([
	"age",
	"authorization",
	"content-length",
	"content-type",
	"etag",
	"expires",
	"from",
	"host",
	"if-modified-since",
	"if-unmodified-since",
	"last-modified",
	"location",
	"max-forwards",
	"proxy-authorization",
	"referer",
	"retry-after",
	"server",
	"user-agent",
]);

/**
 * The headers of a request by name, as Node's `message.headers` has them.
 * @param lines names in lower case and values, in turns
 */
export function joinedHeaders(
	lines: readonly string[],
): Record<string, string> {
	const headers: Record<string, string> = Object.create(null);
	for (let index = 0; index < lines.length; index += 2) {
		const name = lines[index] as string;
		const value = lines[index + 1] as string;
		const earlier = headers[name];
		if (earlier === undefined) {
			headers[name] = value;
		} else if (!single.has(name)) {
			const mark = name === "cookie" ? "; " : ", ";
			headers[name] = earlier + mark + value;
		}
	}
	return headers;
}

/** So many names are kept: a client may make up as many as it likes. */
const mostNames = 1000;
const longestName = 100;
const names = new Map<string, string>();

/** The name of a header in lower case, one text for all requests. */
export function sharedName(name: string): string {
	const known = names.get(name);
	if (known !== undefined) {
		return known;
	}
	const lower = name.toLowerCase();
	if (names.size < mostNames && name.length <= longestName) {
		names.set(name, lower);
	}
	return lower;
}
