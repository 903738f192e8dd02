import { type SystemCalls, untilExec } from "./system-calls.ts";
import { listeningOn } from "./system-sockets.ts";

const { readdirSync, readFileSync, readlinkSync } =
	process.getBuiltinModule("node:fs");

/** Of epoll_ctl(2). */
const add = 1;
const remove = 2;

/** AF_UNIX and SOCK_STREAM of socket(2). */
const unixFamily = 1;
const stream = 1;

/** A socket that this process has inherited, and on which `Bun.serve` accepts connections. */
export interface AdoptedSocket {
	readonly descriptor: number;
	/** Leaves what comes from now on to others that have the socket; without any it is closed. */
	leave(): void;
}

/**
 * Has `Bun.serve`, which opens sockets of its own only, accept connections on another one: that is put in the place of its own (dup(2)),
 * and Bun's poll is told to wait for it as it did before. The kernel tells what Bun waits for (proc(5), `/proc/self/fdinfo`).
 *
 * @param port that on which Bun listens, for nobody
 * @param descriptor the other socket, which listens, or will
 * @returns `undefined` where Bun does not wait for its socket in this way
 */
export function adoptSocket(
	system: SystemCalls,
	port: number,
	descriptor: number,
): AdoptedSocket | undefined {
	const [own] = listeningOn(port);
	const entry = own === undefined ? undefined : pollEntry(own);
	if (own === undefined || entry === undefined) {
		return undefined;
	}
	const { poll, event } = entry;
	// the one that is replaced is closed, and leaves the poll by itself
	if (
		system.dup3(descriptor, own, untilExec) !== own ||
		system.epoll_ctl(poll, add, own, event) !== 0
	) {
		return undefined;
	}
	system.close(descriptor);
	return {
		descriptor: own,
		leave() {
			system.epoll_ctl(poll, remove, own, event);
			closeUnder(system, own);
		},
	};
}

/** Puts a socket that nobody knows in the place of one that Bun will close later: where no other process has it, its port is free now. */
function closeUnder(system: SystemCalls, descriptor: number): void {
	const unknown = system.socket(unixFamily, stream | untilExec, 0);
	if (unknown !== -1) {
		system.dup3(unknown, descriptor, untilExec);
		system.close(unknown);
	}
}

interface PollEntry {
	/** The descriptor of the poll. */
	readonly poll: number;
	/** For what it waits and how it names that, as epoll_ctl(2) takes it. */
	readonly event: Uint8Array;
}

function pollEntry(descriptor: number): PollEntry | undefined {
	const line = new RegExp(
		`^tfd: +${descriptor} events: +([0-9a-f]+) data: +([0-9a-f]+) `,
		"m",
	);
	for (const name of readdirSync("/proc/self/fd").filter(isPoll)) {
		const text = readFileSync(`/proc/self/fdinfo/${name}`, "utf8");
		const [, events, data] = line.exec(text) ?? [];
		if (events !== undefined && data !== undefined) {
			return { poll: Number(name), event: eventBytes(events, data) };
		}
	}
	return undefined;
}

/** `struct epoll_event`, which is packed on x86 alone. */
function eventBytes(events: string, data: string): Uint8Array {
	const dataOffset = process.arch === "x64" ? 4 : 8;
	const event = new Uint8Array(dataOffset + 8);
	const view = new DataView(event.buffer);
	view.setUint32(0, Number.parseInt(events, 16), true);
	view.setBigUint64(dataOffset, BigInt(`0x${data}`), true);
	return event;
}

function isPoll(name: string): boolean {
	try {
		return readlinkSync(`/proc/self/fd/${name}`) === "anon_inode:[eventpoll]";
	} catch {
		return false; // the one that read the folder
	}
}
