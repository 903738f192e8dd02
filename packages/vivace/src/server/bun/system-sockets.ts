import { dropNewConnections } from "./packet-filter.ts";
import { type SystemCalls, systemCalls } from "./system-calls.ts";

const { readdirSync, readFileSync, readlinkSync } =
	process.getBuiltinModule("node:fs");

/** True where the system tells of its connections: elsewhere a client that takes nothing looks like one that is slow. */
export const tellsOfConnections: boolean = process.platform === "linux";

/** How long that may take. */
const longestMs = 100;

/** How long the event loop gets at a time to take in what the operating system has accepted already. */
const turnMs = 10;

/** Of shutdown(2): nothing more is taken in, or sent either. */
const noMoreIn = 0;
const noMoreAtAll = 2;

/**
 * Has the operating system leave new connections unanswered, takes in those that it has accepted already and would reset when the socket
 * closes, and has further ones refused. Bun itself closes its port only together with connections, and tells no descriptor; where the
 * system's own calls can't be reached, that is what is left.
 */
export async function acceptWaiting(
	port: number,
	hurry: AbortSignal,
): Promise<void> {
	const system = await systemCalls();
	if (system !== undefined) {
		await refuseConnections(system, port, listeningOn(port), longestMs, hurry);
	}
}

/**
 * The same for sockets at a port that are known.
 *
 * @param descriptors all that listen there; who accepts their connections may be other processes
 * @param limitMs how long they may take for it
 */
export async function refuseConnections(
	system: SystemCalls,
	port: number,
	descriptors: readonly number[],
	limitMs: number,
	hurry: AbortSignal,
): Promise<void> {
	for (const descriptor of descriptors) {
		if (!dropNewConnections(system, descriptor)) {
			system.listen(descriptor, 0); // then it drops them as soon as a few wait
		}
	}
	await taken(() => waitingAt(port), limitMs, hurry);
	for (const descriptor of descriptors) {
		system.shutdown(descriptor, noMoreIn);
	}
}

/**
 * Says how many connections may wait to be accepted on a port, where Bun itself has 512. Where the system's own calls can't be reached it
 * stays so.
 */
export async function setBacklog(port: number, backlog: number): Promise<void> {
	const system = await systemCalls();
	if (system !== undefined) {
		for (const descriptor of listeningOn(port)) {
			system.listen(descriptor, backlog);
		}
	}
}

/** Resolves when the connections that the operating system has accepted on a socket have been taken in, or have had time for it. */
export async function whenTaken(
	port: number,
	descriptor: number,
	hurry: AbortSignal,
): Promise<void> {
	const inode = inodeOf(`${descriptor}`);
	await taken(
		() =>
			tableOf(port).some(
				(socket) => socket.inode === inode && isQueued(socket),
			),
		longestMs,
		hurry,
	);
}

async function taken(
	isWaiting: () => boolean,
	limitMs: number,
	hurry: AbortSignal,
): Promise<void> {
	const endMs = performance.now() + limitMs;
	do {
		await new Promise((resolve) => setTimeout(resolve, turnMs));
	} while (performance.now() < endMs && !hurry.aborted && isWaiting());
}

/** True while handshakes at a port are under way, or connections have not been taken in by their process. */
function waitingAt(port: number): boolean {
	return tableOf(port).some(
		(socket) => socket.state === connecting || isQueued(socket),
	);
}

/** Of a socket that listens the kernel tells how many connections wait, in the place of what has been received. */
function isQueued({ state, received }: KernelSocket): boolean {
	return state === listening && received !== noneReceived;
}

const noneReceived = "00000000";

/**
 * States as the kernel numbers them. Bun has it hold a connection back until its first bytes have come (TCP_DEFER_ACCEPT): until then it is
 * connecting, although the client has been answered.
 */
const established = "01";
const connecting = "03";
const listening = "0A";

/** How many connections to a port are open in this process; 0 where the system does not tell. */
export function connectionsTo(port: number): number {
	return socketsOn(port, established).length;
}

/** The descriptors of this process's sockets that listen at a port. */
export function listeningOn(port: number): number[] {
	return socketsOn(port, listening);
}

/** The descriptors of this process's TCP sockets at a port that are in a state. */
function socketsOn(port: number, state: string): number[] {
	return descriptorsOf(new Set(inodesOf(port, state)));
}

function descriptorsOf(inodes: ReadonlySet<string>): number[] {
	return inodes.size === 0
		? []
		: readdirSync("/proc/self/fd")
				.filter((name) => inodes.has(inodeOf(name)))
				.map(Number);
}

/** Cuts the connection of a client, which {@link peerName} names, to one of our ports. */
export async function cutConnection(port: number, peer: string): Promise<void> {
	const system = await systemCalls();
	const inodes = tableOf(port)
		.filter((socket) => socket.peer === peer)
		.map(({ inode }) => inode);
	for (const descriptor of descriptorsOf(new Set(inodes))) {
		system?.shutdown(descriptor, noMoreAtAll);
	}
}

/**
 * The clients of a port that have closed their window, by {@link peerName}, with how much waits in the kernel for each: one that takes nothing
 * has the same there again and again, one that is slow has not.
 */
export function fullConnectionsTo(port: number): ReadonlyMap<string, string> {
	const waiting = tableOf(port).filter(({ timer }) => timer === windowProbe);
	return new Map(waiting.map(({ peer, queue }) => [peer, queue]));
}

/** The name of the other end of a connection, in one form for the runtime's and the kernel's words. */
export function peerName(address: string, port: number): string {
	const plain = address.startsWith("::ffff:") ? address.slice(7) : address;
	return plain.includes(":")
		? `${new URL(`http://[${plain}]/`).hostname} ${port}`
		: `${plain} ${port}`;
}

/** Of the timers of a connection: the one that asks whether there is room again. */
const windowProbe = "04";

function inodesOf(port: number, wanted: string): string[] {
	return tableOf(port)
		.filter(({ state }) => state === wanted)
		.map(({ inode }) => inode);
}

interface KernelSocket {
	readonly state: string;
	readonly timer: string;
	/** How much is to be sent or confirmed. */
	readonly queue: string;
	/** How much has been received and not read; how many connections wait, where it listens. */
	readonly received: string;
	readonly peer: string;
	readonly inode: string;
}

/** The sockets at a port, of all processes (proc(5), `/proc/net/tcp`). */
function tableOf(port: number): KernelSocket[] {
	const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	return ["tcp", "tcp6"]
		.flatMap(linesOf)
		.filter((line) => line.includes(end)) // there may be thousands of others
		.map((line) => line.trim().split(/\s+/))
		.filter(([, address = ""]) => address.endsWith(end))
		.map(
			([
				,
				,
				peer = "",
				state = "",
				queue = "",
				timer = "",
				,
				,
				,
				inode = "",
			]) => ({
				state,
				queue: queue.slice(0, queue.indexOf(":")),
				received: queue.slice(queue.indexOf(":") + 1),
				timer: timer.slice(0, 2),
				peer: kernelPeer(peer),
				inode,
			}),
		);
}

function linesOf(table: string): string[] {
	try {
		return readFileSync(`/proc/self/net/${table}`, "utf8").split("\n");
	} catch {
		return []; // a system without IPv6 has no tcp6
	}
}

/** `0100007F:1F90`: each group of four bytes is a number of the machine, its lowest byte first. */
function kernelPeer(peer: string): string {
	const [hex = "", port = ""] = peer.split(":");
	const bytes = (hex.match(/.{8}/g) ?? []).flatMap((group) =>
		(group.match(/../g) ?? []).reverse(),
	);
	const four = bytes.slice(-4).map((byte) => Number.parseInt(byte, 16));
	const isMapped = bytes.slice(0, -4).join("") === "00000000000000000000FFFF";
	const address =
		bytes.length === 4 || isMapped
			? four.join(".")
			: (bytes.join("").match(/.{4}/g) ?? []).join(":");
	return peerName(address, Number.parseInt(port, 16));
}

function inodeOf(descriptor: string): string {
	try {
		const link = readlinkSync(`/proc/self/fd/${descriptor}`);
		return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "none";
	} catch {
		return "none"; // the one that read the folder
	}
}
