import { formError } from "./form-error.ts";
import {
	type MultipartParser,
	type MultipartToken,
	partEnd,
} from "./multipart-port.ts";
import { latin1Text, parsePartHead } from "./part-head.ts";

/** The longest head of a part, in bytes. */
const headLimitBytes = 16 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hyphen = 0x2d;

/** Where the parser stands: before the first boundary, behind a boundary, in a head, in a content, behind the last boundary. */
type Place = "start" | "boundary" | "head" | "content" | "end";

/**
 * The parser of multipart bodies as python-multipart is one: lines end with CRLF, nothing but line ends stands before the first boundary,
 * what comes after the last one is not looked at. Contents are searched by the runtime's own search for bytes.
 *
 * @see RFC 2046 §5.1.1
 */
export function multipartParser(boundary: string): MultipartParser {
	return new BoundaryParser(boundary);
}

class BoundaryParser implements MultipartParser {
	/** CRLF, two hyphens, the boundary. */
	readonly #delimiter: Buffer;
	#place: Place = "start";
	/** The bytes that have arrived and can't be told yet. */
	#rest: Uint8Array | undefined;
	#isEmpty = true;

	constructor(boundary: string) {
		this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
	}

	*feed(chunk: Uint8Array): Generator<MultipartToken, void> {
		this.#isEmpty &&= chunk.length === 0;
		const bytes = joined(this.#rest, chunk);
		this.#rest = undefined;
		for (let at = 0; at !== -1 && at < bytes.length; ) {
			switch (this.#place) {
				case "start":
					at = this.#stepToFirst(bytes, at);
					break;
				case "boundary":
					at = this.#stepBehind(bytes, at);
					break;
				case "head":
					at = yield* this.#head(bytes, at);
					break;
				case "content":
					at = yield* this.#content(bytes, at);
					break;
				case "end":
					return;
			}
		}
	}

	finish(): void {
		if (this.#place !== "end" && !this.#isEmpty) {
			throw formError(
				"Multipart data ends early: the last boundary is missing.",
			);
		}
	}

	// each gives where it goes on; -1 where more bytes must come

	*#head(bytes: Buffer, at: number): Generator<MultipartToken, number> {
		const end = headEnd(bytes, at);
		if (end === -1) {
			return this.#keep(bytes, at);
		}
		yield parsePartHead(latin1Text(bytes.subarray(at, end)));
		this.#place = "content";
		return end + 4;
	}

	*#content(bytes: Buffer, at: number): Generator<MultipartToken, number> {
		const found = bytes.indexOf(this.#delimiter, at);
		if (found === -1) {
			const end = this.#prefixStart(bytes, at);
			yield* piece(bytes, at, end);
			return this.#keep(bytes, end);
		}
		const behind = found + this.#delimiter.length;
		const isDelimiter = isBehindBoundary(bytes, behind);
		if (isDelimiter === false) {
			// a line that only begins as the delimiter does
			yield bytes.subarray(at, behind);
			return behind;
		}
		yield* piece(bytes, at, found);
		if (isDelimiter === undefined) {
			return this.#keep(bytes, found);
		}
		yield partEnd;
		this.#place = "boundary";
		return behind;
	}

	#stepToFirst(bytes: Buffer, start: number): number {
		let at = start;
		while (bytes[at] === carriageReturn || bytes[at] === lineFeed) {
			at++;
		}
		const first = this.#delimiter.subarray(2);
		const received = bytes.subarray(at, at + first.length);
		if (!received.equals(first.subarray(0, received.length))) {
			throw formError("Invalid multipart data.");
		}
		if (received.length < first.length) {
			return this.#keep(bytes, at);
		}
		this.#place = "boundary";
		return at + first.length;
	}

	/** A line end, and a head follows; two hyphens, and nothing does. */
	#stepBehind(bytes: Buffer, at: number): number {
		const isRight = isBehindBoundary(bytes, at);
		if (isRight === undefined) {
			return this.#keep(bytes, at);
		}
		if (!isRight) {
			throw formError("Invalid multipart data.");
		}
		this.#place = bytes[at] === hyphen ? "end" : "head";
		return at + 2;
	}

	/** Where the end of the bytes begins that may be the beginning of a delimiter. */
	#prefixStart(bytes: Buffer, from: number): number {
		const delimiter = this.#delimiter;
		let at = Math.max(from, bytes.length - delimiter.length + 1);
		for (;;) {
			at = bytes.indexOf(carriageReturn, at);
			if (at === -1) {
				return bytes.length;
			}
			const tail = bytes.subarray(at);
			if (tail.equals(delimiter.subarray(0, tail.length))) {
				return at;
			}
			at++;
		}
	}

	#keep(bytes: Buffer, from: number): -1 {
		// copied, so that a few bytes don't hold the whole piece
		this.#rest =
			from < bytes.length ? Buffer.from(bytes.subarray(from)) : undefined;
		return -1;
	}
}

function* piece(
	bytes: Buffer,
	from: number,
	to: number,
): Generator<MultipartToken, void> {
	if (to > from) {
		yield bytes.subarray(from, to);
	}
}

/** Tells whether a line end or two hyphens stand there; `undefined` where more bytes must tell. */
function isBehindBoundary(bytes: Buffer, at: number): boolean | undefined {
	const [first, second] = [bytes[at], bytes[at + 1]];
	if (first === undefined) {
		return undefined;
	}
	if (first !== carriageReturn && first !== hyphen) {
		return false;
	}
	return second === undefined
		? undefined
		: second === (first === hyphen ? hyphen : lineFeed);
}

/** Where a head ends, before its empty line; -1 where that has not come yet. */
function headEnd(bytes: Buffer, at: number): number {
	if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) {
		return at; // a head of no lines
	}
	const end = bytes.indexOf("\r\n\r\n", at);
	const size = (end === -1 ? bytes.length : end) - at;
	if (size > headLimitBytes) {
		throw formError("Invalid multipart data.");
	}
	return end;
}

function joined(rest: Uint8Array | undefined, chunk: Uint8Array): Buffer {
	if (rest !== undefined) {
		return Buffer.concat([rest, chunk]);
	}
	return Buffer.isBuffer(chunk)
		? chunk
		: Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
