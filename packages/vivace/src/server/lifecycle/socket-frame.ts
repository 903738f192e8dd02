const finalText = 0x81;
const finalBytes = 0x82;
const twoByteLength = 126;
const eightByteLength = 127;
const mostInTwoBytes = 0xffff;

/** A whole message of a server as it stands on the wire: one frame, not compressed, not masked (RFC 6455 §5.2). */
export function socketFrame(data: string | Uint8Array): Buffer {
	const payloadBytes =
		typeof data === "string" ? Buffer.byteLength(data) : data.length;
	const headBytes =
		payloadBytes < twoByteLength ? 2 : payloadBytes <= mostInTwoBytes ? 4 : 10;
	const frame = Buffer.allocUnsafe(headBytes + payloadBytes);
	frame[0] = typeof data === "string" ? finalText : finalBytes;
	if (headBytes === 2) {
		frame[1] = payloadBytes;
	} else if (headBytes === 4) {
		frame[1] = twoByteLength;
		frame.writeUInt16BE(payloadBytes, 2);
	} else {
		frame[1] = eightByteLength;
		frame.writeBigUInt64BE(BigInt(payloadBytes), 2);
	}
	if (typeof data === "string") {
		frame.write(data, headBytes);
	} else {
		frame.set(data, headBytes);
	}
	return frame;
}
