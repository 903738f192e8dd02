import { messageBytes, messageText, unmask } from "./frame-payload.ts";

/** Takes what a {@link FrameReader} reads, in the order of the wire. */
export interface FrameSink {
	/** The largest message that is taken. */
	readonly limitBytes: number;
	/** True when nothing more is to be read: a close frame has come, or a frame that breaks the protocol. */
	readonly isDeaf: boolean;
	/** @param bytes how many it had on the wire */
	onText(text: string, bytes: number): void;
	/** Bytes that are the taker's own. */
	onBytes(bytes: Uint8Array): void;
	onPing(payload: Uint8Array): void;
	onPong(): void;
	/** A close frame; 1005: without a code. */
	onClosing(code: number, reason: string): void;
	/** The client has broken the protocol: the code of the close frame that it is to get. */
	onViolation(code: number, problem: string): void;
}

const continuation = 0;
const binary = 2;
const closing = 8;
const ping = 9;
const pong = 10;

const finalBit = 0x80;
const reservedBits = 0x70;
const maskBit = 0x80;
const mostControlBytes = 125;

/** Longer messages can't be numbers of JavaScript, nor memory. */
const mostHighBits = 0x1fffff;

/** The least memory for a frame that comes in pieces, of which more is on its way. */
const leastRestBytes = 4096;

/**
 * Reads the frames that a client sends (RFC 6455 §5), however they are cut into pieces. What is not whole yet is kept in one piece of memory that
 * grows with what has come: neither many small pieces nor a large length that was only announced take more than twice as much. One that {@link
 * FrameReader.isAtRest} holds nothing and need not be kept.
 */
export class FrameReader {
	/** The beginning of a frame that has not come whole. */
	#rest: Buffer | undefined;
	#restBytes = 0;
	/** How much of the frame must be there to read on. */
	#wantedBytes = 0;
	/** The kind of the message that comes in several frames; 0: none does. */
	#opcode = continuation;
	#message: Buffer | undefined;
	#messageBytes = 0;

	get isAtRest(): boolean {
		return this.#restBytes === 0 && this.#opcode === continuation;
	}

	/** @param chunk is overwritten: payloads are unmasked where they lie */
	read(chunk: Buffer, sink: FrameSink): void {
		let at = 0;
		while (this.#rest !== undefined && at < chunk.length) {
			at += this.#fill(this.#rest, chunk, at);
			if (this.#restBytes < this.#wantedBytes) {
				return;
			}
			const used = this.#readFrame(this.#rest, 0, this.#restBytes, sink);
			if (sink.isDeaf) {
				return;
			}
			if (used > 0) {
				this.#rest = undefined;
				this.#restBytes = 0;
			}
		}
		while (at < chunk.length) {
			const used = this.#readFrame(chunk, at, chunk.length, sink);
			if (sink.isDeaf) {
				return;
			}
			if (used === 0) {
				this.#keep(chunk, at);
				return;
			}
			at += used;
		}
	}

	#keep(chunk: Buffer, at: number): void {
		this.#restBytes = chunk.length - at;
		this.#rest = room(this.#wantedBytes, this.#restBytes);
		chunk.copy(this.#rest, 0, at);
	}

	/** Takes as much of a chunk as the frame lacks. */
	#fill(rest: Buffer, chunk: Buffer, at: number): number {
		const lacking = this.#wantedBytes - this.#restBytes;
		const taken = Math.min(lacking, chunk.length - at);
		const whole = grown(rest, this.#restBytes, taken, this.#wantedBytes);
		chunk.copy(whole, this.#restBytes, at, at + taken);
		this.#rest = whole;
		this.#restBytes += taken;
		return taken;
	}

	/** Reads the frame that begins somewhere. Gives its size; 0 when it is not whole, or not to be read. */
	#readFrame(bytes: Buffer, at: number, end: number, sink: FrameSink): number {
		const left = end - at;
		if (left < 2) {
			return this.#want(2);
		}
		const first = bytes[at] as number; // so many are there
		const second = bytes[at + 1] as number; // as well
		const problem = headProblem(first, second, this.#opcode);
		if (problem !== undefined) {
			return violate(sink, 1002, problem);
		}
		const said = second & 0x7f;
		const headBytes = said < 126 ? 6 : said === 126 ? 8 : 14;
		if (left < headBytes - 4) {
			return this.#want(headBytes - 4);
		}
		const length = said < 126 ? said : longLength(bytes, at + 2, said);
		const isControl = (first & 8) !== 0;
		if (!isControl && this.#messageBytes + length > sink.limitBytes) {
			return violate(sink, 1009, "the message is too large");
		}
		const size = headBytes + length;
		if (left < size) {
			return this.#want(size);
		}
		const begin = at + headBytes;
		if (isControl) {
			takeControl(first & 0xf, bytes, begin, length, sink);
		} else {
			this.#takeData(first, bytes, begin, length, sink);
		}
		return size;
	}

	#want(bytes: number): 0 {
		this.#wantedBytes = bytes;
		return 0;
	}

	#takeData(
		first: number,
		bytes: Buffer,
		begin: number,
		length: number,
		sink: FrameSink,
	): void {
		const isFinal = (first & finalBit) !== 0;
		if (isFinal && this.#opcode === continuation) {
			give(first & 0xf, bytes, begin, length, true, sink);
			return;
		}
		if (this.#opcode === continuation) {
			this.#opcode = first & 0xf;
		}
		this.#append(bytes, begin, length, sink.limitBytes);
		if (isFinal) {
			const opcode = this.#opcode;
			const message = this.#message ?? nothing;
			const messageBytes = this.#messageBytes;
			this.#opcode = continuation;
			this.#message = undefined;
			this.#messageBytes = 0;
			give(opcode, message, 0, messageBytes, false, sink);
		}
	}

	#append(
		bytes: Buffer,
		begin: number,
		length: number,
		limitBytes: number,
	): void {
		if (length === 0) {
			return;
		}
		unmask(bytes, begin, length);
		const before = this.#messageBytes;
		this.#message =
			this.#message === undefined
				? room(limitBytes, length)
				: grown(this.#message, before, length, limitBytes);
		bytes.copy(this.#message, before, begin, begin + length);
		this.#messageBytes += length;
	}
}

const nothing = Buffer.alloc(0);

/** Memory for so much, and some more that is likely to come. */
function room(mostBytes: number, bytes: number): Buffer {
	const size = Math.max(2 * bytes, leastRestBytes);
	return Buffer.allocUnsafeSlow(Math.min(mostBytes, size));
}

/** Memory that holds what the given one does, with room for more. */
function grown(
	memory: Buffer,
	bytes: number,
	moreBytes: number,
	mostBytes: number,
): Buffer {
	if (bytes + moreBytes <= memory.length) {
		return memory;
	}
	const larger = room(mostBytes, bytes + moreBytes);
	memory.copy(larger, 0, 0, bytes);
	return larger;
}

/** The mistake in the first two bytes of a frame, RFC 6455 §5.2. */
function headProblem(
	first: number,
	second: number,
	begun: number,
): string | undefined {
	const opcode = first & 0xf;
	if ((first & reservedBits) !== 0) {
		return "a reserved bit is set";
	}
	if ((second & maskBit) === 0) {
		return "the frame is not masked";
	}
	if (opcode > binary) {
		return controlProblem(opcode, first, second & 0x7f);
	}
	if ((opcode === continuation) !== (begun !== continuation)) {
		return opcode === continuation
			? "a continuation of no message"
			: "a message within another";
	}
	return undefined;
}

/** RFC 6455 §5.5 */
function controlProblem(
	opcode: number,
	first: number,
	length: number,
): string | undefined {
	if (opcode < closing || opcode > pong) {
		return `opcode ${opcode} is unknown`;
	}
	if ((first & finalBit) === 0) {
		return "a control frame in fragments";
	}
	if (length > mostControlBytes || (opcode === closing && length === 1)) {
		return "a control frame of a wrong length";
	}
	return undefined;
}

/** The length behind the first two bytes; one that is no number of JavaScript's is larger than any limit. */
function longLength(bytes: Buffer, at: number, said: number): number {
	if (said === 126) {
		return bytes.readUInt16BE(at);
	}
	const high = bytes.readUInt32BE(at);
	return high > mostHighBits
		? Number.POSITIVE_INFINITY
		: high * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

function violate(sink: FrameSink, code: number, problem: string): 0 {
	sink.onViolation(code, problem);
	return 0;
}

/** @param isMasked true when its mask stands before it */
function give(
	opcode: number,
	bytes: Buffer,
	begin: number,
	length: number,
	isMasked: boolean,
	sink: FrameSink,
): void {
	if (opcode === binary) {
		sink.onBytes(messageBytes(bytes, begin, length, isMasked));
		return;
	}
	const message = messageText(bytes, begin, length, isMasked);
	if (message === undefined) {
		sink.onViolation(1007, "the text is not UTF-8");
	} else {
		sink.onText(message, length);
	}
}

function takeControl(
	opcode: number,
	bytes: Buffer,
	begin: number,
	length: number,
	sink: FrameSink,
): void {
	if (opcode === pong) {
		sink.onPong();
	} else if (opcode === ping) {
		sink.onPing(messageBytes(bytes, begin, length, true));
	} else {
		takeClosing(bytes, begin, length, sink);
	}
}

/** RFC 6455 §5.5.1 */
function takeClosing(
	bytes: Buffer,
	begin: number,
	length: number,
	sink: FrameSink,
): void {
	if (length === 0) {
		sink.onClosing(1005, "");
		return;
	}
	unmask(bytes, begin, length);
	const code = bytes.readUInt16BE(begin);
	if (!isCloseCode(code)) {
		sink.onViolation(1002, `the close code ${code} is never sent`);
		return;
	}
	const reason = messageText(bytes, begin + 2, length - 2, false);
	if (reason === undefined) {
		sink.onViolation(1007, "the reason is not UTF-8");
	} else {
		sink.onClosing(code, reason);
	}
}

/** RFC 6455 §7.4, and the list of IANA up to 1014 */
function isCloseCode(code: number): boolean {
	return (
		(code >= 3000 && code < 5000) ||
		(code >= 1000 && code <= 1014 && (code < 1004 || code > 1006))
	);
}
