import { formError } from "./form-error.ts";
import type { PartHead } from "./multipart-port.ts";

/**
 * Reads the header lines of a part.
 *
 * @param text the lines in latin-1, without the empty one at their end
 * @throws HTTPException 400
 */
export function parsePartHead(text: string): PartHead {
	const headers = text === "" ? [] : text.split("\r\n").map(parseLine);
	const disposition = lastValue(headers, "content-disposition");
	const options = parseOptions(disposition ?? "");
	const name = options.get("name");
	if (name === undefined) {
		throw formError(
			'The Content-Disposition header field "name" must be provided.',
		);
	}
	return {
		name: decodeSafely(name),
		filename: fileNameOf(options.get("filename")),
		contentType: lastValue(headers, "content-type"),
		headers,
	};
}

/** A name may only have the characters of a token (RFC 9110 §5.6.2), so that a folded line is none. */
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)$/;

function parseLine(line: string): readonly [string, string] {
	const [, name, value] = headerLine.exec(line) ?? [];
	if (name === undefined || value === undefined) {
		throw formError("Invalid multipart data.");
	}
	return [name.toLowerCase(), decodeSafely(value.trimEnd())];
}

function lastValue(
	headers: PartHead["headers"],
	name: string,
): string | undefined {
	return headers.findLast(([key]) => key === name)?.[1];
}

const option = /;[ \t]*([^=;\s]+)[ \t]*=[ \t]*(?:"((?:\\.|[^"\\])*)"|([^;]*))/g;

/** The parameters of a header's value by their names in lower case; the last of a name counts. */
function parseOptions(value: string): ReadonlyMap<string, string> {
	const options = new Map<string, string>();
	for (const [, name = "", quoted, bare = ""] of value.matchAll(option)) {
		const text = quoted?.replace(/\\(["\\])/g, "$1") ?? bare.trim();
		options.set(name.toLowerCase(), text);
	}
	return options;
}

/** Old browsers sent whole Windows paths. */
function fileNameOf(text: string | undefined): string | undefined {
	return text !== undefined && /^(?:[\s\S]:\\|\\\\)/.test(text)
		? text.slice(text.lastIndexOf("\\") + 1)
		: text;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as UTF-8, all of them as latin-1 where they are not. */
export function decodeText(bytes: Uint8Array): string {
	try {
		return strictUtf8.decode(bytes);
	} catch {
		return latin1Text(bytes);
	}
}

/** Bytes as latin-1, which `TextDecoder` doesn't know: its "latin1" is windows-1252. */
export function latin1Text(bytes: Uint8Array): string {
	const { buffer, byteOffset, byteLength } = bytes;
	return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** Latin-1 text whose bytes may have been UTF-8. */
function decodeSafely(text: string): string {
	// most are ASCII
	return /[\x80-\xff]/.test(text)
		? decodeText(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))
		: text;
}
