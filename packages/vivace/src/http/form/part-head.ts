import { formError } from "./form-error.ts";
import { headerOptions } from "./header-options.ts";
import type { PartHead } from "./multipart-port.ts";

/**
 * Reads the header lines of a part.
 *
 * @param text the lines in latin-1, without the empty one at their end
 * @throws HTTPException 400
 */
export function parsePartHead(text: string): PartHead {
	const headers = text === "" ? [] : text.split("\r\n").map(parseLine);
	const disposition = headers.findLast(
		([key]) => key === "content-disposition",
	)?.[1];
	const options = headerOptions(disposition ?? "");
	const name = options.get("name");
	if (name === undefined) {
		throw formError(
			'The Content-Disposition header field "name" must be provided.',
		);
	}
	return {
		name: decodeSafely(name),
		filename: fileNameOf(options.get("filename")),
		// of two the first, as in Starlette
		contentType: headers.find(([key]) => key === "content-type")?.[1],
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
