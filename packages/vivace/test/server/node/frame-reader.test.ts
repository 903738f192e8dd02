import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as ws from "ws";
import {
	FrameReader,
	type FrameSink,
} from "../../../src/server/node/frame-reader.ts";
import {
	binary,
	closePayload,
	closing,
	continuation,
	frame,
	ping,
	pong,
	text,
} from "../raw-socket.ts";

const limitBytes = 200_000;

type News = readonly [kind: string, ...rest: (string | number)[]];

/** Writes down what is read. */
class Notes implements FrameSink {
	readonly limitBytes = limitBytes;
	isDeaf = false;
	readonly news: News[] = [];

	onText(message: string, bytes: number): void {
		assert.equal(bytes, Buffer.byteLength(message));
		this.news.push(["text", message]);
	}

	onBytes(bytes: Uint8Array): void {
		this.news.push(["bytes", Buffer.from(bytes).toString("hex")]);
	}

	onPing(payload: Uint8Array): void {
		this.news.push(["ping", Buffer.from(payload).toString("hex")]);
	}

	onPong(): void {
		this.news.push(["pong"]);
	}

	onClosing(code: number, reason: string): void {
		this.isDeaf = true;
		this.news.push(["closing", code, reason]);
	}

	onViolation(code: number): void {
		this.isDeaf = true;
		this.news.push(["violation", code]);
	}
}

/** Reads pieces, each in memory of its own, which is overwritten. */
function read(chunks: readonly Uint8Array[]): readonly News[] {
	const notes = new Notes();
	let reader: FrameReader | undefined;
	for (const chunk of chunks) {
		if (!notes.isDeaf) {
			const used = reader ?? new FrameReader();
			used.read(Buffer.from(chunk), notes);
			reader = used.isAtRest ? undefined : used;
		}
	}
	return notes.news;
}

function cut(bytes: Buffer, size: () => number): Buffer[] {
	const chunks: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const end = at + size();
		chunks.push(bytes.subarray(at, end));
		at = end;
	}
	return chunks;
}

describe("the reader of frames", () => {
	const lengths = [
		0, 1, 2, 3, 4, 5, 47, 48, 49, 50, 51, 125, 126, 127, 4095, 4096, 65_535,
		65_536, 65_537, 65_538, 65_539, 65_540, 65_541, 100_001,
	];
	test("unmasks texts and bytes of any length, wherever they lie in memory", () => {
		for (const length of lengths) {
			const content = "ä€😀 plain".repeat(length / 15 + 1);
			const bytes = Buffer.from(content).subarray(0, length);
			const ascii = Buffer.alloc(length, "abcdefghijk");
			for (const before of [0, 1, 2, 3]) {
				const first = frame(ping, Buffer.alloc(before));
				const all = [first, frame(binary, bytes), frame(text, ascii)];
				assert.deepEqual(read([Buffer.concat(all)]), [
					["ping", "00".repeat(before)],
					["bytes", bytes.toString("hex")],
					["text", ascii.toString()],
				]);
			}
		}
	});

	test("reads the same, in whatever pieces it comes", () => {
		const all = Buffer.concat([
			frame(text, "first"),
			frame(text, "é".repeat(150), { isFinal: false }),
			frame(ping, "there?"),
			frame(continuation, Buffer.from([0xe2, 0x82]), { isFinal: false }),
			frame(continuation, Buffer.from([0xac])),
			frame(binary, Buffer.alloc(5000, 7)),
			frame(binary, "", { isFinal: false }),
			frame(continuation, ""),
			frame(text, "\ufffd is what was sent"),
			frame(closing, closePayload(4000, "bye")),
			frame(text, "nobody reads this"),
		]);
		const expected = [
			["text", "first"],
			["ping", Buffer.from("there?").toString("hex")],
			["text", `${"é".repeat(150)}€`],
			["bytes", "07".repeat(5000)],
			["bytes", ""],
			["text", "\ufffd is what was sent"],
			["closing", 4000, "bye"],
		];
		for (const size of [1, 2, 3, 5, 7, 100, 4096, all.length]) {
			assert.deepEqual(read(cut(all, () => size)), expected);
		}
	});

	test("tells what breaks the protocol before the rest of the frame has come", () => {
		const large = frame(text, "a", { saysBytes: limitBytes + 1 });
		for (const [bytes, code] of [
			[large.subarray(0, 10), 1009],
			[frame(text, "a", { saysBytes: 2 ** 60 }).subarray(0, 10), 1009],
			[frame(3, "abc").subarray(0, 2), 1002],
			[frame(continuation, "abc").subarray(0, 2), 1002],
			[frame(ping, Buffer.alloc(126)).subarray(0, 2), 1002],
		] as const) {
			assert.deepEqual(read([bytes]), [["violation", code]]);
			assert.deepEqual(read(cut(Buffer.from(bytes), () => 1)), [
				["violation", code],
			]);
		}
	});

	test("says what ws says of random frames in random pieces", () => {
		const random = randomNumbers(20_261_129);
		for (let round = 0; round < 400; round++) {
			const bytes = randomFrames(random);
			const chunks = cut(bytes, () => 1 + random(random(2) === 0 ? 9 : 3000));
			assert.deepEqual(read(chunks), readByWs(chunks), `round ${round}`);
		}
	});
});

test("what was only announced takes no memory, nor do many small pieces", {
	skip:
		(process.versions.bun !== undefined || "Deno" in globalThis) &&
		"the memory of buffers is Node's to tell",
}, () => {
	const before = process.memoryUsage().arrayBuffers;
	const readers = Array.from({ length: 500 }, () => {
		const reader = new FrameReader();
		const notes = new Notes();
		const announced = frame(text, "", { saysBytes: limitBytes });
		for (const chunk of cut(announced, () => 1)) {
			reader.read(Buffer.from(chunk), notes);
		}
		for (let count = 0; count < 100; count++) {
			reader.read(Buffer.from("a"), notes);
		}
		return reader;
	});
	const held = process.memoryUsage().arrayBuffers - before;
	assert.ok(held < 500 * 50_000, `${held / 500} bytes each`);
	assert.ok(readers.every(({ isAtRest }) => !isAtRest));
});

/** Whole numbers below a bound, the same in each run. */
function randomNumbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** Some frames of a client, most of them right. */
function randomFrames(random: (below: number) => number): Buffer {
	let isWithin = false;
	const frames = Array.from({ length: 1 + random(8) }, () => {
		const chance = random(100);
		if (chance < 15) {
			return frame(random(2) === 0 ? ping : pong, randomText(random, 126));
		}
		if (chance < 18) {
			const code = [1000, 1001, 1005, 2999, 4999, 5000][random(6)] as number;
			const reason = randomText(random, 100);
			return random(4) === 0
				? frame(closing, Buffer.alloc(random(3)))
				: frame(closing, closePayload(code, reason));
		}
		if (chance < 21) {
			return frame(random(16), randomText(random, 10), {
				isFinal: random(2) === 0,
				reserved: random(3) === 0 ? random(8) : 0,
				isMasked: random(4) !== 0,
			});
		}
		const isFinal = random(3) !== 0;
		const kind = random(3) === 0 ? binary : text;
		const opcode = isWithin ? continuation : kind;
		isWithin = !isFinal;
		return frame(opcode, randomText(random, 9000), { isFinal });
	});
	return Buffer.concat(frames);
}

function randomText(random: (below: number) => number, below: number): Buffer {
	const length = random(random(3) === 0 ? below : Math.min(below, 60));
	const filling = ["abc", "ä", "€", "😀", "\ufffd"][random(5)] as string;
	const bytes = Buffer.alloc(length, filling);
	return random(3) === 0 ? bytes : Buffer.from(wholeText(bytes));
}

/** Without a last character that was cut. */
function wholeText(bytes: Buffer): string {
	return new TextDecoder().decode(bytes, { stream: true });
}

/** As much of the receiver of `ws` as is used. */
interface Receiver {
	on(name: string, listener: (...news: never[]) => void): this;
	write(chunk: Uint8Array): boolean;
	readonly writableEnded: boolean;
}

const { Receiver: WsReceiver } = ws as unknown as {
	// its types leave it out
	readonly Receiver: new (options: {
		readonly isServer: boolean;
		readonly maxPayload: number;
	}) => Receiver;
};

const wsCodes: Readonly<Record<string, number>> = {
	WS_ERR_INVALID_UTF8: 1007,
	WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

function readByWs(chunks: readonly Uint8Array[]): readonly News[] {
	const news: News[] = [];
	let isDeaf = false;
	const receiver = new WsReceiver({ isServer: true, maxPayload: limitBytes });
	receiver.on("message", (data: Buffer, isBinary: boolean) =>
		news.push(
			isBinary ? ["bytes", data.toString("hex")] : ["text", data.toString()],
		),
	);
	receiver.on("ping", (data: Buffer) =>
		news.push(["ping", data.toString("hex")]),
	);
	receiver.on("pong", () => news.push(["pong"]));
	receiver.on("conclude", (code: number, reason: Buffer) => {
		isDeaf = true;
		news.push(["closing", code, reason.toString()]);
	});
	receiver.on("error", () => {}); // it comes later than what is written next
	const inner = receiver as unknown as {
		createError(...told: unknown[]): Error;
	};
	const createError = inner.createError.bind(receiver);
	inner.createError = (...told) => {
		isDeaf = true;
		news.push(["violation", wsCodes[String(told[4])] ?? 1002]);
		return createError(...told);
	};
	for (const chunk of chunks) {
		if (!isDeaf) {
			receiver.write(Buffer.from(chunk));
		}
	}
	return news;
}
