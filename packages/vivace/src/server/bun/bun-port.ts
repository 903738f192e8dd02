import { AsyncResource } from "node:async_hooks";
import { isHost } from "../../http/request-origin.ts";
import type { SocketHead } from "../../http/upgrade.ts";
import { waitAtMost } from "../../time/waiting.ts";
import type {
	FetchHeaders,
	FetchPort,
	OpenedFile,
	RefusalStatus,
	SentBody,
	SocketNews,
	UpgradedRequest,
} from "../fetch/fetch-platform.ts";
import { addHeader, hasHeader } from "../fetch/fetch-response.ts";
import { refusalOf } from "../fetch/request-rules.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { Peer } from "../lifecycle/proxy-trust.ts";
import type { AdoptedSocket } from "./adopted-socket.ts";
import type { BunRuntime, BunServer } from "./bun-runtime.ts";
import { readAnew } from "./read-anew.ts";
import {
	acceptWaiting,
	connectionsTo,
	cutConnection,
	fullConnectionsTo,
	peerName,
	setBacklog,
	tellsOfConnections,
	whenTaken,
} from "./system-sockets.ts";

/** How often answers that somebody waits for are looked at; Bun tells of an end only who asks. */
const lookMs = 10;

/** How long the kernel's word on connections counts. */
const fullMs = 10;

/** How often connections that have become idle while the server stops are closed. */
const sweepMs = 25;

/** How long a connection that has not sent a whole request may do so while the server stops, at most. */
const longestFreshMs = 1000;

/** Up to so many bytes of a file are read at once rather than by Bun. */
const smallBytes = 65_536;

/**
 * How long after the start as many connections may wait as the options say. Loading the system's calls takes 20 ms, which a start need not
 * wait for: Bun's own 512 do until then.
 */
const backlogMs = 100;

const slash = 0x2f;

/** The length of `http://`. */
const firstOfHost = 7;

/** A socket that Bun has opened before it returned; it wants no answer. */
const open: UpgradedRequest = {};

/** The options that a {@link BunPort} needs. */
export interface BunPortLimits {
	readonly idleSeconds: number;
	readonly drainTimeoutMs: number;
	/** How many connections may wait to be accepted; of a shared socket who opened it has said that. */
	readonly backlog: number;
}

/** A listening socket that other processes have as well. */
export interface SharedSocket extends AdoptedSocket {
	readonly address: ListenAddress;
}

/** An open port of `Bun.serve`. */
export class BunPort implements FetchPort<BunServer> {
	readonly address: ListenAddress;
	readonly holdsHead = true;
	readonly #bun: BunRuntime;
	readonly #server: BunServer;
	readonly #shared: SharedSocket | undefined;
	readonly #idleSeconds: number;
	readonly #freshMs: number;
	/** Since this turn. */
	#handedOver: AwaitedEnd[] = [];
	/** Since an earlier one. */
	#awaited: AwaitedEnd[] = [];
	/** Of requests that go on when they are answered: Bun tells no more of their connections then. */
	readonly #keptPeers = new WeakMap<globalThis.Request, Peer>();
	/** The clients that have no room for more. */
	readonly #full = readAnew(fullMs, () => fullConnectionsTo(this.address.port));
	#looking: NodeJS.Timeout | undefined;
	readonly #backlogTimer: NodeJS.Timeout | undefined;
	/** How addresses with the last host that was well-formed begin: a server is asked for by few names. */
	#known = "none";

	constructor(
		bun: BunRuntime,
		server: BunServer,
		{ idleSeconds, drainTimeoutMs, backlog }: BunPortLimits,
		shared: SharedSocket | undefined,
	) {
		this.#bun = bun;
		this.#server = server;
		this.#shared = shared;
		this.#idleSeconds = idleSeconds;
		this.#freshMs = Math.min(longestFreshMs, drainTimeoutMs / 2);
		const { hostname, port, address } = server;
		this.address = shared?.address ?? {
			address: address?.address ?? hostname,
			port,
		};
		if (shared === undefined) {
			const set = () => void setBacklog(port, backlog).catch(() => undefined); // without /proc it stays so
			this.#backlogTimer = setTimeout(set, backlogMs).unref();
		}
	}

	/**
	 * Bun makes the address of the `Host` line and the path, so that the header need not be read: making the headers of a request costs 0.2 µs
	 * where it has one, 1 where it has ten, as browsers' have. Where that is no host it gives the path alone, but not where only the port is none.
	 * Bun takes the first of several; who asks for the header gets them joined, which is no host.
	 */
	readTarget(
		request: globalThis.Request,
		method: string,
	): string | RefusalStatus {
		const { url } = request;
		const hasHost = url.charCodeAt(0) !== slash;
		const refused =
			hasHost && method === "GET" ? undefined : refusalOf(request);
		if (refused !== undefined || !hasHost) {
			return refused ?? url;
		}
		// by index: `URL` is made in more time than all else of a plain request
		const start = url.indexOf("/", firstOfHost);
		if (start !== this.#known.length || !url.startsWith(this.#known)) {
			if (!isHost(url.slice(firstOfHost, start))) {
				return 400;
			}
			this.#known = url.slice(0, start);
		}
		const end = url.indexOf("#", start);
		return end === -1 ? url.slice(start) : url.slice(start, end);
	}

	peerOf(request: globalThis.Request): Peer {
		const peer = this.#server.requestIP(request);
		return peer === null
			? (this.#keptPeers.get(request) ?? {})
			: { remoteAddress: peer.address, remotePort: peer.port };
	}

	keep(request: globalThis.Request): void {
		void request.headers; // Bun makes them when they are asked for, from what it has until then
		this.#keptPeers.set(request, this.peerOf(request));
	}

	isGone(request: globalThis.Request): boolean {
		return request.signal.aborted;
	}

	whenOver(
		request: globalThis.Request,
		_: BunServer,
		onOver: () => void,
	): void {
		if (this.#handedOver.length === 0) {
			setImmediate(() => this.#lookSoon());
		}
		this.#handedOver.push(new AwaitedEnd(request, onOver));
	}

	/** Bun takes most answers when the turn in which it is given them is over, or the next. */
	#lookSoon(): void {
		const ends = this.#handedOver;
		this.#handedOver = [];
		const others = this.#stillAwaited(ends);
		if (others.length > 0) {
			setImmediate(() => {
				this.#awaited.push(...this.#stillAwaited(others));
				this.#looking ??= setInterval(this.#look, lookMs);
			});
		}
	}

	/** Tells those that are over, and gives the others. */
	#stillAwaited(ends: readonly AwaitedEnd[]): AwaitedEnd[] {
		const others: AwaitedEnd[] = [];
		for (const end of ends) {
			if (this.#server.requestIP(end.request) === null) {
				end.tell();
			} else {
				others.push(end);
			}
		}
		return others;
	}

	holdOpen(request: globalThis.Request): void {
		this.#server.timeout(request, 0);
	}

	letGo(request: globalThis.Request): void {
		this.#server.timeout(request, this.#idleSeconds);
	}

	/** Of the connections that send nothing because of their clients the kernel knows; it is asked once for all of a moment. */
	readonly waitingOf: FetchPort<BunServer>["waitingOf"] = tellsOfConnections
		? (request: globalThis.Request): string | undefined => {
				const peer = this.#server.requestIP(request);
				return peer === null
					? undefined
					: this.#full().get(peerName(peer.address, peer.port));
			}
		: undefined;

	cutOff(request: globalThis.Request): void {
		this.#server.timeout(request, 1); // where the system can't be asked, within some seconds
		const peer = this.#server.requestIP(request);
		if (peer !== null) {
			const name = peerName(peer.address, peer.port);
			void cutConnection(this.address.port, name);
		}
	}

	/** Bun announces the size of the whole file for a part that begins later; where it knows a name it makes a header of it. */
	async fileBody(
		file: OpenedFile,
		headers: FetchHeaders,
	): Promise<SentBody | undefined> {
		const { handle, offset, sizeBytes } = file;
		if (sizeBytes <= smallBytes) {
			return await readPart(file);
		}
		const { size } = await handle.stat();
		if (offset === 0 && size === sizeBytes) {
			return this.#bun.file(handle.descriptor);
		}
		if (process.platform !== "linux" || size < offset + sizeBytes) {
			return undefined;
		}
		if (!hasHeader(headers, "content-disposition")) {
			addHeader(headers, "content-disposition", "inline");
		}
		return this.#bun
			.file(`/proc/self/fd/${handle.descriptor}`)
			.slice(offset, offset + sizeBytes);
	}

	upgrade(
		request: globalThis.Request,
		_: BunServer,
		{ subprotocol, headers }: SocketHead,
		news: SocketNews,
	): UpgradedRequest | undefined {
		this.keep(request);
		const isOpen = this.#server.upgrade(request, {
			// Bun agrees to the first that is offered, unless it is told otherwise
			headers: [...headers, ["sec-websocket-protocol", subprotocol ?? ""]],
			data: news,
		});
		return isOpen ? open : undefined;
	}

	async refuseNew(hurry: AbortSignal): Promise<void> {
		clearTimeout(this.#backlogTimer);
		const { port } = this.address;
		if (this.#shared === undefined) {
			return await acceptWaiting(port, hurry);
		}
		await whenTaken(port, this.#shared.descriptor, hurry);
		this.#shared.leave();
	}

	async close(farewellMs: number, hurry: AbortSignal): Promise<void> {
		await waitAtMost(new Promise(() => {}), farewellMs, hurry);
		// a process that was held up finds the time over before it sees what has come meanwhile
		await laterTurns();
		await this.#closeIdle(hurry);
		const closed = this.#server.stop(false);
		// an answer whose head had promised to keep the connection
		const sweep = setInterval(
			() => this.#server.closeIdleConnections(),
			sweepMs,
		);
		try {
			await closed;
		} finally {
			clearInterval(sweep);
		}
	}

	/** Leaves those their time that have not sent a request yet; once Bun stops, it would reset them. */
	async #closeIdle(hurry: AbortSignal): Promise<void> {
		const endMs = performance.now() + this.#freshMs;
		for (;;) {
			this.#server.closeIdleConnections();
			const isFreshLeft =
				connectionsTo(this.address.port) > this.#server.pendingRequests;
			if (!isFreshLeft || hurry.aborted || performance.now() > endMs) {
				return;
			}
			await waitAtMost(new Promise(() => {}), sweepMs, hurry);
		}
	}

	cut(): void {
		void this.#server.stop(true);
	}

	readonly #look = (): void => {
		this.#awaited = this.#stillAwaited(this.#awaited);
		if (this.#awaited.length === 0) {
			clearInterval(this.#looking);
			this.#looking = undefined;
		}
	};
}

/** Somebody waits for the end of an answer, in the async context of its request. */
class AwaitedEnd {
	readonly request: globalThis.Request;
	readonly #onOver: () => void;
	readonly #context = new AsyncResource("VIVACE_ANSWER");

	constructor(request: globalThis.Request, onOver: () => void) {
		this.request = request;
		this.#onOver = onOver;
	}

	tell(): void {
		this.#context.runInAsyncScope(this.#onOver);
	}
}

async function laterTurns(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) {
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
}

async function readPart({
	handle,
	path,
	offset,
	sizeBytes,
}: OpenedFile): Promise<Uint8Array<ArrayBuffer>> {
	const bytes = new Uint8Array(sizeBytes);
	let readBytes = 0;
	while (readBytes < sizeBytes) {
		const rest = bytes.subarray(readBytes);
		const count = await handle.read(rest, offset + readBytes);
		if (count === 0) {
			throw new Error(
				`The file ${path} ended after ${offset + readBytes} bytes while ${offset + sizeBytes} were announced.`,
			);
		}
		readBytes += count;
	}
	return bytes;
}
