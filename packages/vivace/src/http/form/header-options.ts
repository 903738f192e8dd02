/** A name, and a value that goes on to the next semicolon outside of quotes; quotes that nobody closes go on to the end. */
const option = /;[ \t]*([^=;]+)=((?:"(?:\\.|[^"])*(?:"|$)|[^;"])*)/g;

/**
 * The parameters of a header's value by their names in lower case, as python-multipart reads them: the last of a name counts, what is not
 * quoted may have blanks in it, and only a value that is quoted as a whole loses its quotes.
 */
export function headerOptions(value: string): ReadonlyMap<string, string> {
	const options = new Map<string, string>();
	for (const [, name = "", written = ""] of value.matchAll(option)) {
		const text = written.trim();
		const isQuoted = /^".*"$/s.test(text);
		options.set(
			name.trim().toLowerCase(),
			isQuoted ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text,
		);
	}
	return options;
}
