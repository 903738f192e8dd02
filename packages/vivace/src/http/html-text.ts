/** Text as it can stand in HTML, also in a quoted attribute. */
export function escapeHtml(text: string): string {
	return text.replace(
		/[&<>"']/g,
		(character) => `&#${character.charCodeAt(0)};`,
	);
}

/**
 * JSON as it can stand in a script element: `<`, `>` and `&` are escaped, so that nothing in it can end the script. With a blank after
 * comma and colon, as Python writes it.
 */
export function scriptJson(value: unknown): string {
	const text = JSON.stringify(value, null, 1) ?? "null";
	// a line break in indented JSON is never part of a value: within texts it is written as \n
	return text
		.replace(/([{[])\n */g, "$1")
		.replace(/\n *([}\]])/g, "$1")
		.replace(/,\n */g, ", ")
		.replace(
			/[<>&\u2028\u2029]/g,
			(character) =>
				`\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
		);
}

/** Text as a JavaScript text in single quotes that can stand in a script element. */
export function scriptText(text: string): string {
	const inner = scriptJson(text).slice(1, -1);
	return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\u0027")}'`;
}

/** A small picture for the browser's tab: a note, without a request to any server. */
export const defaultFaviconUrl: string =
	"data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Crect width=%2216%22 height=%2216%22 rx=%224%22 fill=%22%23b3261e%22/%3E%3Cpath d=%22M3.5 4.5 8 12l4.5-7.5%22 fill=%22none%22 stroke=%22%23fff%22 stroke-width=%222%22/%3E%3C/svg%3E";

/** The attribute by which a Content-Security-Policy knows an inline script, with a blank before it; empty without a nonce. */
export function nonceAttribute(nonce: string | undefined): string {
	return nonce === undefined ? "" : ` nonce="${escapeHtml(nonce)}"`;
}
