/** Shorter payloads are unmasked byte by byte. */
const leastWordsBytes = 48;

/** Shorter messages of bytes get memory of their own: they would hold the whole piece in which they have arrived. */
const copiedBytes = 4096;

const maskBytes = 4;

/**
 * Memory into which masks and payloads are copied to be unmasked word by word, 4 bytes at a time: a text is read from there. A view of the words where they have
 * arrived would be made for each message. 16 KiB take 4.5 µs to a text, by bytes 20.
 */
const room: Buffer = Buffer.allocUnsafeSlow(65_536 + maskBytes);
const roomWords: Int32Array = new Int32Array(
	room.buffer,
	room.byteOffset,
	room.length / 4,
);

/** Stands in a text for bytes that are no UTF-8; and for itself, where it was sent. */
const replacement = "\ufffd";

let isUtf8: ((bytes: Uint8Array) => boolean) | undefined;

/**
 * The text of a payload; `undefined` when it is not UTF-8.
 *
 * @param isMasked true when its mask stands in the four bytes before it; the payload is overwritten then
 */
export function messageText(
	bytes: Buffer,
	begin: number,
	length: number,
	isMasked: boolean,
): string | undefined {
	if (!isMasked) {
		return decoded(bytes, begin, begin + length);
	}
	if (length > room.length - maskBytes) {
		unmask(bytes, begin, length);
		return decoded(bytes, begin, begin + length);
	}
	copyUnmasked(bytes, begin, length);
	return decoded(room, maskBytes, maskBytes + length);
}

/** The bytes of a payload, in memory that nobody else has. @param isMasked as with {@link messageText} */
export function messageBytes(
	bytes: Buffer,
	begin: number,
	length: number,
	isMasked: boolean,
): Uint8Array {
	if (!isMasked) {
		return ownBytes(bytes, begin, length);
	}
	if (length < copiedBytes) {
		copyUnmasked(bytes, begin, length);
		return ownBytes(room, maskBytes, length);
	}
	unmask(bytes, begin, length);
	return ownBytes(bytes, begin, length);
}

/** Unmasks a payload where it lies, by the four bytes before it (RFC 6455 §5.3). */
export function unmask(bytes: Buffer, begin: number, length: number): void {
	const end = begin + length;
	const firstWord = length < leastWordsBytes ? end : wordFrom(bytes, begin);
	unmaskBytes(bytes, begin, begin, firstWord);
	if (firstWord === end) {
		return;
	}
	const count = (end - firstWord) >> 2;
	const words = new Int32Array(
		bytes.buffer,
		bytes.byteOffset + firstWord,
		count,
	);
	const mask = maskFrom(bytes, begin, firstWord);
	for (let index = 0; index < count; index++) {
		words[index] = (words[index] as number) ^ mask;
	}
	unmaskBytes(bytes, begin, firstWord + count * 4, end);
}

/** Where the first whole word of memory begins. */
function wordFrom(bytes: Buffer, begin: number): number {
	return begin + (-(bytes.byteOffset + begin) & 3);
}

/** The mask as the words from somewhere on have it. */
function maskFrom(bytes: Buffer, begin: number, firstWord: number): number {
	for (let index = 0; index < maskBytes; index++) {
		const from = (firstWord - begin + index) & 3;
		room[index] = bytes[begin - maskBytes + from] as number; // it is there
	}
	return roomWords[0] as number; // in the machine's order of bytes
}

/** @param begin that of the payload, which counts the bytes of the mask */
function unmaskBytes(
	bytes: Buffer,
	begin: number,
	from: number,
	to: number,
): void {
	for (let index = from; index < to; index++) {
		const mask = bytes[begin - maskBytes + ((index - begin) & 3)] as number; // as above
		bytes[index] = (bytes[index] as number) ^ mask;
	}
}

/** Copies mask and payload to the beginning of the room, where the payload is unmasked. */
function copyUnmasked(bytes: Buffer, begin: number, length: number): void {
	if (length < leastWordsBytes) {
		for (let index = 0; index < length; index++) {
			const mask = bytes[begin - maskBytes + (index & 3)] as number; // it is there
			room[maskBytes + index] = (bytes[begin + index] as number) ^ mask;
		}
		return;
	}
	bytes.copy(room, 0, begin - maskBytes, begin + length);
	const mask = roomWords[0] as number; // in the machine's order of bytes
	const end = (maskBytes + length + 3) >> 2;
	for (let index = 1; index < end; index++) {
		roomWords[index] = (roomWords[index] as number) ^ mask;
	}
}

/** Most texts hold no replacement, and are not looked at twice. */
function decoded(
	bytes: Buffer,
	begin: number,
	end: number,
): string | undefined {
	const text = bytes.toString("utf8", begin, end);
	if (!text.includes(replacement)) {
		return text;
	}
	isUtf8 ??= process.getBuiltinModule("node:buffer").isUtf8;
	return isUtf8(bytes.subarray(begin, end)) ? text : undefined;
}

function ownBytes(bytes: Buffer, begin: number, length: number): Uint8Array {
	const view = new Uint8Array(bytes.buffer, bytes.byteOffset + begin, length);
	return length < copiedBytes ? new Uint8Array(view) : view;
}
