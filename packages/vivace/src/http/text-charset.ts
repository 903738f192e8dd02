/**
 * A text as the charset of its media type has it; itself where that is UTF-8, which servers send.
 *
 * @throws TypeError when the charset has no form for it, or is one that is not known here
 */
export function encodedText(
	text: string,
	contentType: string,
): string | Uint8Array {
	const charset = charsetOf(contentType);
	if (charset === undefined || /^utf-?8$/.test(charset) || isAscii(text)) {
		return text; // the first 128 characters are the same in all that HTTP knows
	}
	if (!isLatin1(charset)) {
		throw new TypeError(
			`A text is sent in UTF-8 or ISO 8859-1, not in "${charset}"; encode it and give the response the bytes.`,
		);
	}
	const bytes = new Uint8Array(text.length);
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code > 0xff) {
			throw new TypeError(
				`"${text.slice(index, index + 1)}" (character ${index + 1} of the text) is not in ISO 8859-1; leave the charset out for UTF-8.`,
			);
		}
		bytes[index] = code;
	}
	return bytes;
}

/** In lower case. RFC 9110 §8.3.2 */
function charsetOf(contentType: string): string | undefined {
	return /;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1]?.toLowerCase();
}

function isLatin1(charset: string): boolean {
	return ["iso-8859-1", "iso8859-1", "latin1", "latin-1"].includes(charset);
}

function isAscii(text: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are a part of it
	return /^[\x00-\x7f]*$/.test(text);
}
