import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isOtherRuntime } from "./other-runtime.ts";

/** How a client was seen to take what it is sent. */
interface WriteLooks {
	/** The bytes that had left when somebody last looked, while more were waiting. */
	sentBytes: number;
	/** In how many looks in a row nothing had left, though something was waiting. */
	stalledLooks: number;
}

/** The state of an open connection. */
export interface Connection extends WriteLooks {
	readonly acceptedMs: number;
	/** When its last request came, as far as that is noted. */
	usedMs: number;
	/** The bytes that had come when somebody last looked whether it is idle; -1 when it was in use. */
	receivedBytes: number;
	/** In how many of these looks in a row it was. */
	idleLooks: number;
}

/** A request that is being answered on a connection. */
interface Sending {
	readonly socket: Socket;
	readonly outgoing: ServerResponse;
}

/** How old a connection that has not sent anything must be to count as idle, at most: its first request is on its way. */
const longestFreshMs = 1000;
/** Connections are closed together, not each at a moment of its own. */
const closingStepMs = 50;

/** So much longer than clients are told a connection stays: one that believes it to the last moment is not cut off. */
const idleGraceMs = 1000;

/** Of a connection of which no request was noted. */
const neverMs = -1_000_000;

/** How long ago the last request of a connection must be for it to count as idle. */
const lastUseMs = 1000;

/** How long connections may bring one more request. */
export interface Farewell {
	readonly idleMs: number;
	/** The time of the whole stop, of which those that never say anything get no more than a half. */
	readonly drainMs: number;
	/** Those whose last request was noted within the last second. */
	readonly usedMs: number;
}

/** Into how many looks the time is divided that a client has to take something. */
const looksPerLimit = 8;
const longestLookMs = 5000;

/** The open connections of a listener. Tells which of them have clients that take nothing of what is sent to them. */
export class OpenConnections {
	readonly #connections = new Map<Socket, Connection>();
	/** One for all of them: a listener of its own takes 290 bytes of each connection. */
	readonly #onClose: (this: Socket) => void;
	#looking: NodeJS.Timeout | undefined;
	#lookingForIdle: NodeJS.Timeout | undefined;

	readonly #busySockets: () => ReadonlySet<Socket>;
	readonly #lentSockets: () => readonly Socket[];
	#lentCount = 0;
	/** Of those that are lent, the ones that take nothing for now. */
	#slowLent = new Map<Socket, WriteLooks>();

	/**
	 * @param busySockets those on which a request is being answered
	 * @param lentSockets those that {@link OpenConnections.lend} was told of
	 * @param onForgotten called when one was closed
	 */
	constructor(
		busySockets: () => ReadonlySet<Socket>,
		lentSockets: () => readonly Socket[],
		onForgotten: (socket: Socket) => void,
	) {
		this.#busySockets = busySockets;
		this.#lentSockets = lentSockets;
		const connections = this.#connections;
		this.#onClose = function onClose(this: Socket): void {
			connections.delete(this);
			onForgotten(this);
		};
	}

	get size(): number {
		return this.#connections.size + this.#lentCount;
	}

	sockets(): Iterable<Socket> {
		return [...this.#connections.keys(), ...this.#lentSockets()];
	}

	add(socket: Socket): void {
		// whole numbers: others take 16 bytes more each
		this.#connections.set(socket, {
			acceptedMs: Math.round(performance.now()),
			usedMs: neverMs,
			sentBytes: 0,
			stalledLooks: 0,
			receivedBytes: 0,
			idleLooks: 0,
		});
		socket.on("close", this.#onClose);
	}

	/**
	 * One has become a connection of another protocol, and somebody else knows it from now on until he gives it back: what is noted here, and the
	 * listener, would be 250 bytes of each.
	 */
	lend(socket: Socket): void {
		this.#connections.delete(socket);
		socket.off("close", this.#onClose);
		this.#lentCount++;
	}

	/** Who has borrowed one knows it no more. */
	giveBack(socket: Socket): void {
		this.#lentCount--;
		if (!socket.destroyed) {
			this.add(socket);
		}
	}

	/** A request has come on a connection. */
	noteUse(socket: Socket): void {
		const connection = this.#connections.get(socket);
		if (connection !== undefined) {
			connection.usedMs = Math.round(performance.now());
		}
	}

	/**
	 * Calls `onStalled` for each connection on which nothing has left for `limitMs` although something was waiting; `0` is no limit.
	 *
	 * @param sending the requests that are being answered, the oldest first
	 */
	watchWrites(
		limitMs: number,
		sending: () => readonly Sending[],
		onStalled: (socket: Socket, limitMs: number) => void,
	): void {
		clearInterval(this.#looking);
		if (limitMs === 0) {
			return;
		}
		const lookMs = Math.ceil(Math.min(limitMs / looksPerLimit, longestLookMs));
		// looks are counted, not time: while the event loop was held up, nothing could leave
		const mostLooks = Math.ceil(limitMs / lookMs);
		this.#looking = setInterval(() => {
			const answers = currentAnswers(sending());
			const look = (socket: Socket, looks: WriteLooks) => {
				const taken = bytesTaken(socket, answers.get(socket));
				if (stalledLooks(looks, taken) > mostLooks) {
					looks.stalledLooks = 0;
					onStalled(socket, limitMs);
				}
			};
			for (const [socket, connection] of this.#connections) {
				look(socket, connection);
			}
			this.#lookAtLent(look);
		}, lookMs).unref();
	}

	#lookAtLent(look: (socket: Socket, looks: WriteLooks) => void): void {
		const slow = new Map<Socket, WriteLooks>();
		for (const socket of this.#lentSockets()) {
			const looks = this.#slowLent.get(socket) ?? {
				sentBytes: 0,
				stalledLooks: 0,
			};
			look(socket, looks);
			if (looks.stalledLooks > 0) {
				slow.set(socket, looks);
			}
		}
		this.#slowLent = slow;
	}

	/**
	 * Closes each connection that has brought a whole request, on which none is being answered, and from which nothing has come for longer than clients
	 * are told; `0` is no limit. Until a connection brings its first request, the server has other limits.
	 */
	watchIdle(keepAliveTimeoutMs: number): void {
		if (keepAliveTimeoutMs === 0 || isOtherRuntime) {
			return;
		}
		const limitMs = keepAliveTimeoutMs + idleGraceMs;
		const lookMs = Math.ceil(Math.min(limitMs / looksPerLimit, longestLookMs));
		const mostLooks = Math.ceil(limitMs / lookMs);
		this.#lookingForIdle = setInterval(() => {
			const busy = this.#busySockets();
			for (const [socket, connection] of this.#connections) {
				const { bytesRead } = socket;
				const isUsed = !hasBeenAnswered(socket) || busy.has(socket);
				const isIdle = !isUsed && bytesRead === connection.receivedBytes;
				// the time begins when the answer is over, not with the last byte of a request that took long
				connection.receivedBytes = isUsed ? -1 : bytesRead;
				connection.idleLooks = isIdle ? connection.idleLooks + 1 : 0;
				if (connection.idleLooks >= mostLooks) {
					socket.destroy();
				}
			}
		}, lookMs).unref();
	}

	/** Closes the connections that are idle and bring no request within a short time; resolves when that is done. */
	async closeIdle(farewell: Farewell, hurry: AbortSignal): Promise<void> {
		const now = performance.now();
		const bytesBefore = new Map<number, Map<Socket, number>>();
		const busy = this.#busySockets();
		for (const [socket, connection] of this.#connections) {
			if (busy.has(socket)) {
				continue;
			}
			const farewellMs = farewellOf(socket, connection, farewell, now);
			const group = bytesBefore.get(farewellMs) ?? new Map();
			bytesBefore.set(farewellMs, group.set(socket, socket.bytesRead));
		}
		await Promise.all(
			Array.from(bytesBefore, ([farewellMs, group]) =>
				closeIfStillIdle(group, this.#busySockets, farewellMs, hurry),
			),
		);
	}

	/** Closes one that was made while the server stops, if it brings no request within a second. */
	closeUnlessUsed(socket: Socket): void {
		const { bytesRead } = socket;
		const timer = setTimeout(() => {
			if (!this.#busySockets().has(socket) && socket.bytesRead === bytesRead) {
				socket.destroySoon();
			}
		}, longestFreshMs);
		socket.once("close", () => clearTimeout(timer));
	}

	/** Ends {@link OpenConnections.watchWrites} and {@link OpenConnections.watchIdle}. */
	close(): void {
		clearInterval(this.#looking);
		clearInterval(this.#lookingForIdle);
	}
}

/** Node notes the answer that is being sent; there is nothing before the first, and null after each. */
function hasBeenAnswered(socket: Socket): boolean {
	return (socket as { readonly _httpMessage?: unknown })._httpMessage === null;
}

function farewellOf(
	socket: Socket,
	connection: Connection,
	farewell: Farewell,
	now: number,
): number {
	if (socket.bytesRead === 0) {
		const freshMs = Math.min(longestFreshMs, farewell.drainMs / 2);
		const leftMs = freshMs - (now - connection.acceptedMs);
		const stepMs = Math.ceil(leftMs / closingStepMs) * closingStepMs;
		return Math.max(stepMs, farewell.idleMs);
	}
	return now - connection.usedMs < lastUseMs
		? farewell.usedMs
		: farewell.idleMs;
}

/** @param bytesBefore how much each had sent before */
function closeIfStillIdle(
	bytesBefore: ReadonlyMap<Socket, number>,
	busySockets: () => ReadonlySet<Socket>,
	afterMs: number,
	hurry: AbortSignal,
): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const close = () => {
		clearTimeout(timer);
		hurry.removeEventListener("abort", close);
		const busyNow = busySockets();
		for (const [socket, bytesRead] of bytesBefore) {
			// more bytes: a request was answered with `connection: close`, or is still arriving
			if (!busyNow.has(socket) && socket.bytesRead === bytesRead) {
				socket.destroySoon();
			}
		}
		resolve();
	};
	// a turn later: a process that was held up finds the time over before it sees what has come meanwhile
	const timer = setTimeout(() => setImmediate(close), afterMs).unref();
	hurry.addEventListener("abort", close);
	return promise;
}

/** The answer that is being sent on each connection: of several the first. */
function currentAnswers(
	sending: readonly Sending[],
): ReadonlyMap<Socket, ServerResponse> {
	return new Map(
		sending.toReversed().map(({ socket, outgoing }) => [socket, outgoing]),
	);
}

function stalledLooks(
	connection: WriteLooks,
	sentBytes: number | undefined,
): number {
	if (sentBytes === undefined) {
		connection.stalledLooks = 0;
	} else if (
		connection.stalledLooks > 0 &&
		sentBytes === connection.sentBytes
	) {
		connection.stalledLooks++;
	} else {
		connection.sentBytes = sentBytes;
		connection.stalledLooks = 1;
	}
	return connection.stalledLooks;
}

/**
 * How much of what was written the operating system has taken; `undefined` when nothing is waiting. The handle of a socket knows it to
 * the byte, also within a large chunk; on Bun the answer does; on Deno whole chunks are counted.
 */
function bytesTaken(
	socket: Socket,
	answer: ServerResponse | undefined,
): number | undefined {
	const { _handle: handle } = socket as {
		_handle?: { bytesWritten?: number; writeQueueSize?: number } | null;
	};
	if (
		handle?.bytesWritten !== undefined &&
		handle.writeQueueSize !== undefined
	) {
		return handle.writeQueueSize === 0
			? undefined
			: handle.bytesWritten - handle.writeQueueSize;
	}
	const waitingBytes = Math.max(
		socket.writableLength,
		answer?.writableLength ?? 0,
	);
	return waitingBytes === 0 ? undefined : socket.bytesWritten - waitingBytes;
}
