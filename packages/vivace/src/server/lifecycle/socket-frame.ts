const finalText = 0x81;
const finalBytes = 0x82;
const twoByteLength = 126;
const eightByteLength = 127;
const mostInTwoBytes = 0xffff;

/** A whole message of a server as it stands on the wire: one frame, not compressed, not masked (RFC 6455 §5.2). */
export function socketFrame(data: string | Uint8Array): Buffer {
	const isText = typeof data === "string";
	const payloadBytes = isText ? Buffer.byteLength(data) : data.length;
	const headBytes = headBytesFor(payloadBytes);
	const frame = Buffer.allocUnsafe(headBytes + payloadBytes);
	writeHead(frame, isText, payloadBytes);
	if (isText) {
		frame.write(data, headBytes);
	} else {
		frame.set(data, headBytes);
	}
	return frame;
}

/** A room of a server that longer texts are written into, one after the other: a piece of memory for each takes as long as all the rest. */
const roomBytes = 65_536;
let room: Buffer | undefined;

/**
 * {@link socketFrame} of a text, in memory that the next one is written into. Whoever still needs it when that comes says so by
 * {@link keepLentFrame}.
 */
export function lentTextFrame(text: string): Buffer {
	const payloadBytes = Buffer.byteLength(text);
	const headBytes = headBytesFor(payloadBytes);
	if (headBytes + payloadBytes > roomBytes) {
		return socketFrame(text);
	}
	room ??= Buffer.allocUnsafeSlow(roomBytes);
	writeHead(room, true, payloadBytes);
	room.write(text, headBytes);
	return room.subarray(0, headBytes + payloadBytes);
}

/** The frame that was lent last stays as it is. */
export function keepLentFrame(): void {
	room = undefined;
}

/** The bytes that go before a message of bytes. */
export function frameHead({ length }: Uint8Array): Buffer {
	const head = Buffer.allocUnsafe(headBytesFor(length));
	writeHead(head, false, length);
	return head;
}

function headBytesFor(payloadBytes: number): number {
	return payloadBytes < twoByteLength
		? 2
		: payloadBytes <= mostInTwoBytes
			? 4
			: 10;
}

function writeHead(frame: Buffer, isText: boolean, payloadBytes: number): void {
	frame[0] = isText ? finalText : finalBytes;
	if (payloadBytes < twoByteLength) {
		frame[1] = payloadBytes;
	} else if (payloadBytes <= mostInTwoBytes) {
		frame[1] = twoByteLength;
		frame[2] = payloadBytes >> 8;
		frame[3] = payloadBytes & 0xff;
	} else {
		frame[1] = eightByteLength;
		frame.writeBigUInt64BE(BigInt(payloadBytes), 2);
	}
}
