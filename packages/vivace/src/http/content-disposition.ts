/**
 * The value of `Content-Disposition` that gives a download its name: `attachment; filename="report.pdf"`, or in the extended form
 * of RFC 8187 when the name has other characters than letters, digits and `_.-~/`: `attachment; filename*=utf-8''na%C3%AFve.txt`.
 *
 * @param type `attachment` (save it) or `inline` (show it, save it under that name)
 */
export function contentDisposition(type: string, filename: string): string {
	const encoded = encodeURIComponent(filename.toWellFormed())
		.replaceAll(
			/[!'()*]/g,
			(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
		)
		.replaceAll("%2F", "/");
	return encoded === filename
		? `${type}; filename="${filename}"`
		: `${type}; filename*=utf-8''${encoded}`;
}
