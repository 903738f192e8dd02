import { type SystemCalls, setNumber, socketLevel } from "./system-calls.ts";

/**
 * Programs for the filter machine of the kernel (classic BPF: Documentation/networking/filter.rst of Linux), which need no rights: an
 * instruction is its code, how many to skip where it holds and where not, and a number.
 */
type Instruction = readonly [
	code: number,
	whenTrue: number,
	whenFalse: number,
	value: number,
];

/** Instructions, by the kernel's names (linux/bpf_common.h): load a byte or a word, modulo, compare, look for bits, return. */
const loadByte = 0x30;
const loadWord = 0x20;
const modulo = 0x94;
const isEqual = 0x15;
const hasBits = 0x45;
const give = 0x06;

/** Not in the packet: a number by chance (SKF_AD_OFF + SKF_AD_RANDOM). */
const chance = 0xfffff000 + 56;

/** Options of setsockopt(2). */
const attachFilter = 26;
const attachChoice = 51;
const detachChoice = 68;

/** Where the flags are in the head of a TCP segment, and the one that asks for a connection (RFC 9293 §3.1). */
const flagsOffset = 13;
const synchronize = 0x02;

/**
 * Has a listening socket drop what asks for a new connection, and nothing else: handshakes that have begun come to their end. A client asks
 * again after a second, and gets an answer then of whoever listens, or that nobody does.
 */
export function dropNewConnections(
	system: SystemCalls,
	descriptor: number,
): boolean {
	return attach(system, descriptor, attachFilter, [
		[loadByte, 0, 0, flagsOffset],
		[hasBits, 0, 1, synchronize],
		[give, 0, 0, 0],
		[give, 0, 0, 0xffffffff],
	]);
}

/**
 * Has new connections go to some of the sockets at an address (SO_REUSEPORT), which are numbered in the order in which they began to listen.
 *
 * @param descriptor one of them
 * @param count how many there are
 */
export function chooseSockets(
	system: SystemCalls,
	descriptor: number,
	chosen: readonly number[],
	count: number,
): boolean {
	if (chosen.length === 0 || chosen.length === count) {
		// the kernel's own choice; where nothing was attached, that fails, and nothing is lost
		return setNumber(system, descriptor, socketLevel, detachChoice, 0);
	}
	return attach(system, descriptor, attachChoice, [
		[loadWord, 0, 0, chance],
		[modulo, 0, 0, chosen.length],
		...chosen.flatMap((socket, place): Instruction[] => [
			[isEqual, 0, 1, place],
			[give, 0, 0, socket],
		]),
		[give, 0, 0, chosen[0] ?? 0],
	]);
}

const instructionBytes = 8;

function attach(
	system: SystemCalls,
	descriptor: number,
	option: number,
	instructions: readonly Instruction[],
): boolean {
	const code = new Uint8Array(instructions.length * instructionBytes);
	const view = new DataView(code.buffer);
	for (const [index, instruction] of instructions.entries()) {
		const [operation, whenTrue, whenFalse, value] = instruction;
		const start = index * instructionBytes;
		view.setUint16(start, operation, true);
		view.setUint8(start + 2, whenTrue);
		view.setUint8(start + 3, whenFalse);
		view.setUint32(start + 4, value, true);
	}
	// struct sock_fprog: the length, and where the code is
	const program = new Uint8Array(16);
	const fields = new DataView(program.buffer);
	fields.setUint16(0, instructions.length, true);
	fields.setBigUint64(8, system.addressOf(code), true);
	return (
		system.setsockopt(
			descriptor,
			socketLevel,
			option,
			program,
			program.length,
		) === 0
	);
}
