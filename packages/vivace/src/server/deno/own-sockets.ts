import type { DenoRuntime } from "./deno-runtime.ts";

/** The functions of the system's library that are called. */
export type SystemCalls = ReturnType<DenoRuntime["dlopen"]>["symbols"];

const int = "i32";
const declared = {
	getsockopt: { parameters: [int, int, int, "buffer", "buffer"], result: int },
	getsockname: { parameters: [int, "buffer", "buffer"], result: int },
	recv: { parameters: [int, "buffer", "usize", int], result: "isize" },
	socket: { parameters: [int, int, int], result: int },
	dup2: { parameters: [int, int], result: int },
	close: { parameters: [int], result: int },
} as const;

/** `undefined` on another system than Linux, and without the permission for foreign functions. */
export function systemCalls(deno: DenoRuntime): SystemCalls | undefined {
	// asking would be a question at the terminal
	if (deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
		return undefined;
	}
	for (const library of ["libc.so.6", "libc.so"]) {
		try {
			return deno.dlopen(library, declared).symbols;
		} catch {
			// the other one
		}
	}
	return undefined;
}

/** A TCP socket of this process. */
export interface OwnSocket {
	readonly descriptor: number;
	/** As the kernel numbers them: {@link established}, {@link listening}. */
	readonly state: number;
	/** Of one that listens, how many connections wait to be accepted. */
	readonly waitingCount: number;
	/** Whether nothing has come on it yet. */
	readonly isSilent: boolean;
}

export const established = 1;
export const listening = 10;

/** Where a socket is bound. */
export interface OwnPlace {
	readonly isIPv6: boolean;
	readonly port: number;
}

/**
 * The TCP sockets of this process that are bound to a port, by the system's own calls: those of all processes, which `/proc/net/tcp` lists, may
 * be many thousands, and take the system a tenth of a second each time.
 *
 * @returns `undefined` where the process may not list its descriptors
 */
export function ownSockets(
	call: SystemCalls,
	place: OwnPlace,
): OwnSocket[] | undefined {
	return ownDescriptors()?.flatMap((descriptor) => {
		const socket = readSocket(call, descriptor);
		return socket !== undefined && isBoundTo(call, descriptor, place)
			? [socket]
			: [];
	});
}

function ownDescriptors(): number[] | undefined {
	try {
		const { readdirSync } = process.getBuiltinModule("node:fs");
		return readdirSync("/proc/self/fd").map(Number);
	} catch {
		return undefined; // no permission, or no such folder
	}
}

/**
 * IPPROTO_TCP and TCP_INFO (tcp(7)), whose first byte is the state. Of a socket that listens the 7th number, `tcpi_unacked`, is the length of
 * its queue; of another one `tcpi_bytes_received` says what has come.
 */
const tcpLevel = 6;
const tcpInfo = 11;
const infoBytes = 136;
const waitingOffset = 24;
const receivedOffset = 128;

/** `undefined` for what is no TCP socket. */
export function readSocket(
	call: SystemCalls,
	descriptor: number,
): OwnSocket | undefined {
	const info = new Uint8Array(infoBytes);
	const length = lengthOf(info);
	if (call.getsockopt?.(descriptor, tcpLevel, tcpInfo, info, length) !== 0) {
		return undefined;
	}
	const view = new DataView(info.buffer);
	return {
		descriptor,
		state: info[0] ?? 0,
		waitingCount: view.getUint32(waitingOffset, true),
		isSilent: view.getBigUint64(receivedOffset, true) === 0n,
	};
}

/** AF_INET and AF_INET6, as Linux numbers them, begin an address; the port follows, its high byte first (ip(7)). */
const familyIPv4 = 2;
const familyIPv6 = 10;
const addressBytes = 28;

function isBoundTo(
	call: SystemCalls,
	descriptor: number,
	{ isIPv6, port }: OwnPlace,
): boolean {
	const address = new Uint8Array(addressBytes);
	if (call.getsockname?.(descriptor, address, lengthOf(address)) !== 0) {
		return false;
	}
	const view = new DataView(address.buffer);
	const family = isIPv6 ? familyIPv6 : familyIPv4;
	return view.getUint16(0, true) === family && view.getUint16(2) === port;
}

function lengthOf({ length }: Uint8Array): Uint8Array {
	return new Uint8Array(new Uint32Array([length]).buffer);
}

/** MSG_PEEK and MSG_DONTWAIT (recv(2)). */
const peekAtOnce = 0x2 | 0x40;

/** Whether something has come that nobody has read. */
export function hasUnread(call: SystemCalls, descriptor: number): boolean {
	const received = call.recv?.(descriptor, new Uint8Array(1), 1, peekAtOnce);
	return Number(received) > 0;
}

/** AF_UNIX, and SOCK_STREAM with SOCK_CLOEXEC, as Linux numbers them. */
const unixFamily = 1;
const streamUntilExec = 0o2000001;

/**
 * A socket that nobody knows, to be put in the place of one that listens, which the system then closes; Deno goes on waiting for it.
 *
 * @returns puts it there, by one call: a connection that comes between the last look at a queue and the end of that call is reset
 */
export function prepareClose(
	call: SystemCalls,
	descriptor: number,
): () => void {
	const unknown = call.socket?.(unixFamily, streamUntilExec, 0) ?? -1;
	return () => {
		if (unknown !== -1) {
			call.dup2?.(unknown, descriptor);
			call.close?.(unknown);
		}
	};
}
