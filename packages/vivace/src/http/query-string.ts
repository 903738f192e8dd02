/**
 * The pairs of a query string as a flat list: name, value, name, value. `+` is a blank, an invalid escape stays as it is
 * (as `URLSearchParams` and Python's `parse_qsl` do).
 */
export function parseQueryString(text: string): readonly string[] {
	const pairs: string[] = [];
	const decode = /[%+]/.test(text) ? decodeFormText : asItIs;
	let start = 0;
	while (start < text.length) {
		let end = text.indexOf("&", start);
		if (end === -1) {
			end = text.length;
		}
		if (end > start) {
			const equals = text.indexOf("=", start);
			const nameEnd = equals === -1 || equals > end ? end : equals;
			pairs.push(
				decode(text.slice(start, nameEnd)),
				decode(text.slice(Math.min(nameEnd + 1, end), end)),
			);
		}
		start = end + 1;
	}
	return pairs;
}

/** The last value of a name among {@link parseQueryString}'s pairs. */
export function lastText(
	pairs: readonly string[],
	name: string,
): string | undefined {
	for (let index = pairs.length - 2; index >= 0; index -= 2) {
		if (pairs[index] === name) {
			return pairs[index + 1];
		}
	}
	return undefined;
}

/** All values of a name among {@link parseQueryString}'s pairs, in order. */
export function allTexts(pairs: readonly string[], name: string): string[] {
	const texts: string[] = [];
	for (let index = 0; index < pairs.length; index += 2) {
		if (pairs[index] === name) {
			texts.push(pairs[index + 1] as string);
		}
	}
	return texts;
}

function asItIs(text: string): string {
	return text;
}

function decodeFormText(text: string): string {
	const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
	return decodePercent(spaced);
}

/** Percent-decoded text; where an escape is not valid UTF-8 its bytes become U+FFFD, and a lone `%` stays (as Python's `unquote`). */
export function decodePercent(text: string): string {
	if (!text.includes("%")) {
		return text; // ten times as fast as to have it decoded
	}
	try {
		return decodeURIComponent(text);
	} catch {
		return text.replace(/(?:%[0-9a-f]{2})+/gi, decodeEscapes);
	}
}

function decodeEscapes(escapes: string): string {
	const bytes = escapes
		.slice(1)
		.split("%")
		.map((digits) => Number.parseInt(digits, 16));
	return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
		Uint8Array.from(bytes),
	);
}
