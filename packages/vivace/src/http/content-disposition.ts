/**
 * The value of `Content-Disposition` that gives a download its name: `attachment; filename="report.pdf"`, or in the extended form
 * of RFC 8187 when the name has other characters than letters, digits and `_.-~`: `attachment; filename*=utf-8''na%C3%AFve.txt`.
 *
 * Of a path it is the last segment (RFC 6266 §4.3).
 *
 * @param type `attachment` (save it) or `inline` (show it, save it under that name)
 */
export function contentDisposition(type: string, filename: string): string {
	const name = lastSegment(filename);
	const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return encoded === name
		? `${type}; filename="${name}"`
		: `${type}; filename*=utf-8''${encoded}`;
}

/**
 * The last part of a path, with either slash: a name that has a folder in it, or is one, would tell a client where to write.
 */
function lastSegment(filename: string): string {
	const segment = filename.split(/[\\/]/).findLast((part) => part !== "") ?? "";
	return /^\.*$/.test(segment) ? "download" : segment;
}
