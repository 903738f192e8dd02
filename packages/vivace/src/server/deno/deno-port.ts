import { authorityOf, isHost, originForm } from "../../http/request-origin.ts";
import type { SocketHead } from "../../http/upgrade.ts";
import { waitAtMost } from "../../time/waiting.ts";
import type {
	FetchPort,
	RefusalStatus,
	SocketNews,
	UpgradedRequest,
} from "../fetch/fetch-platform.ts";
import { refusalOf } from "../fetch/request-rules.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { Peer } from "../lifecycle/proxy-trust.ts";
import {
	type DenoRequestInfo,
	type DenoRuntime,
	type DenoServer,
	type DenoUpgraded,
	denoUpgrade,
} from "./deno-runtime.ts";
import { openSocket } from "./deno-socket.ts";
import { muteAbortWarning } from "./mute-abort-warning.ts";
import { UpgradedStream } from "./upgraded-stream.ts";

/** The socket on which Deno listens, as the system knows it. */
export interface DenoListening {
	/** The begin of the address of a request, up to its host. */
	readonly scheme: string;
	/** In the place of a host, where a request has none. */
	readonly madeUpHost: string;
	/** Takes in what the system has accepted already, and has further connections refused. */
	refuse(hurry: AbortSignal): Promise<void>;
	/** None are open where the system does not tell. */
	look(): Promise<DenoLook>;
}

/** The connections that are open, as the system knows them. */
export interface DenoLook {
	readonly count: number;
	/** Whether a client has sent something that Deno has not read. */
	readonly hasUnread: boolean;
	/** Whether a client has sent nothing yet: its request may be under way. */
	readonly hasSilent: boolean;
}

/** The parts of a {@link DenoPort}. */
export interface DenoPortParts {
	readonly server: DenoServer;
	readonly address: ListenAddress;
	readonly socket: DenoListening;
	/** Aborted, it cuts all connections. */
	readonly cutting: AbortController;
	readonly drainTimeoutMs: number;
}

/** An open port of `Deno.serve`, or an open Unix socket. */
export class DenoPort implements FetchPort<DenoRequestInfo> {
	readonly address: ListenAddress;
	readonly abortsWhenAnswered = true;
	readonly leavesBytesUntyped = true;
	readonly prefersRecords = true;
	readonly dropsLengthOf205 = true;
	readonly dropsReads = true;
	/** A whole body that is larger is sent in pieces: Deno takes all that it is given, whatever its client takes. */
	readonly mostAtOnceBytes = 262_144;
	readonly #server: DenoServer;
	readonly #cutting: AbortController;
	/** How long connections that say nothing may hold up a stop. */
	readonly #mostWaitMs: number;
	readonly #givenUp = Promise.withResolvers<void>();
	#isToldToClose = false;
	readonly #socket: DenoListening;
	/** Those of requests whose client has left. */
	readonly #gone = new WeakSet<DenoRequestInfo>();
	readonly #upgradeRaw: ReturnType<typeof denoUpgrade>;
	/** The connections of sockets, of which the server knows no more. */
	readonly #upgraded = new Set<UpgradedStream>();
	/** Of requests that go on when they are answered: Deno tells no more of them then. */
	readonly #keptPeers = new WeakMap<DenoRequestInfo, Peer>();
	/** The begin of the address of a request without a usable host, which Deno makes up. */
	readonly #madeUp: string;
	/** The last host that was well-formed, and how addresses with it begin: a server is asked for by few names. */
	#knownHost = "";
	#known = "none";

	constructor(
		deno: DenoRuntime,
		{ server, address, socket, cutting, drainTimeoutMs }: DenoPortParts,
	) {
		this.#mostWaitMs = Math.min(longestWaitMs, drainTimeoutMs / 2);
		this.#upgradeRaw = denoUpgrade(deno);
		this.#server = server;
		this.#cutting = cutting;
		this.address = address;
		this.#socket = socket;
		this.#madeUp = socket.scheme + socket.madeUpHost;
	}

	/**
	 * Deno puts together what stands in the `Host` line and in the request line, as they are: `http://` + host + path. That is taken apart
	 * without the headers, the first of which costs 0.4 µs, where it can be in one way only: a path that has but one slash. (Of an `Expect`
	 * that nobody knows a server need take no notice, RFC 9110 §10.1.1.)
	 */
	readTarget(
		request: globalThis.Request,
		method: string,
	): string | RefusalStatus {
		const { url } = request;
		const known = this.#known;
		const start = known.length;
		if (
			method === "CONNECT" ||
			!url.startsWith(known) ||
			url.charCodeAt(start) !== slash
		) {
			return this.#readCarefully(request);
		}
		return url.indexOf("/", start + 1) === -1 ||
			request.headers.get("host") === this.#knownHost
			? url.slice(start)
			: this.#readCarefully(request);
	}

	#readCarefully(request: globalThis.Request): string | RefusalStatus {
		const refused = refusalOf(request);
		if (refused !== undefined) {
			return refused;
		}
		const { url } = request;
		const host = request.headers.get("host") ?? "";
		const begin = host === "" ? this.#madeUp : this.#socket.scheme + host;
		if (!url.startsWith(begin) || url.charCodeAt(begin.length) !== slash) {
			return absoluteTarget(url);
		}
		if (begin !== this.#madeUp) {
			this.#known = begin;
			this.#knownHost = host;
		}
		return url.slice(begin.length);
	}

	/** That of a target in absolute form goes before `Host`. */
	hostOf({ url }: globalThis.Request): string | undefined {
		if (url.startsWith(this.#madeUp)) {
			return undefined;
		}
		const start = url.indexOf("//") + 2;
		const end = url.indexOf("/", start);
		return url.slice(start, end === -1 ? url.length : end);
	}

	peerOf(_: globalThis.Request, info: DenoRequestInfo): Peer {
		try {
			const { hostname, port } = info.remoteAddr;
			return { remoteAddress: hostname, remotePort: port };
		} catch {
			return this.#keptPeers.get(info) ?? {}; // the answer has left
		}
	}

	keep(request: globalThis.Request, info: DenoRequestInfo): void {
		request.headers.keys().next(); // Deno keeps the list that it makes for it
		this.#keptPeers.set(info, this.peerOf(request, info));
	}

	isGone(_: globalThis.Request, info: DenoRequestInfo): boolean {
		return this.#gone.has(info);
	}

	watchSignal(): void {
		muteAbortWarning();
	}

	whenOver(
		_: globalThis.Request,
		info: DenoRequestInfo,
		onOver: () => void,
	): void {
		info.completed.then(onOver, () => {
			this.#gone.add(info);
			onOver();
		});
	}

	upgrade(
		request: globalThis.Request,
		info: DenoRequestInfo,
		head: SocketHead,
		news: SocketNews,
	): UpgradedRequest | undefined {
		this.keep(request, info);
		const headers = Object.fromEntries(request.headers);
		let upgraded: DenoUpgraded | undefined;
		try {
			upgraded = this.#upgradeRaw?.(request);
		} catch {
			// the client has gone
		}
		if (upgraded === undefined) {
			return undefined;
		}
		const { response, conn } = upgraded;
		const stream = new UpgradedStream(conn);
		this.#upgraded.add(stream);
		stream.once("close", () => this.#upgraded.delete(stream));
		return { response, opened: openSocket(headers, stream, head, news) };
	}

	async refuseNew(hurry: AbortSignal): Promise<void> {
		await this.#socket.refuse(hurry);
	}

	/**
	 * Once Deno has been told to close, nothing can be cut any more, and a connection on which a request is just coming is reset; so it is told
	 * when no request is left and no connection has come, gone or brought something for a while, and each has brought something. A client whose
	 * request nobody reads is not waited for.
	 */
	async close(
		farewellMs: number,
		hurry: AbortSignal,
		isIdle: () => boolean,
	): Promise<void> {
		const cutting = this.#cutting.signal;
		await waitAtMost(new Promise(() => {}), farewellMs, hurry);
		let count = 0;
		let hasSilent = false;
		let quietLooks = 0;
		let idleSinceMs = performance.now();
		do {
			await waitAtMost(new Promise(() => {}), lookMs, cutting);
			const now = await this.#socket.look();
			const isStill = isIdle() && now.count === count && !now.hasUnread;
			quietLooks = isStill ? quietLooks + 1 : 0;
			if (!isIdle()) {
				idleSinceMs = performance.now();
			}
			count = now.count;
			hasSilent = now.hasSilent;
		} while (
			!cutting.aborted &&
			(hasSilent || quietLooks < (count === 0 ? 2 : enoughLooks)) &&
			performance.now() - idleSinceMs < this.#mostWaitMs
		);
		this.#cutUpgraded(); // clients that do not close, though told to
		if (!cutting.aborted) {
			this.#isToldToClose = true;
			const closed = this.#server.shutdown();
			await Promise.race([closed, this.#givenUp.promise]);
		}
	}

	cut(): void {
		this.#cutUpgraded();
		this.#givenUp.resolve();
		// told to close, it has nothing left but answers that were handed over, which end with the process
		if (!this.#isToldToClose) {
			this.#cutting.abort();
		}
	}

	#cutUpgraded(): void {
		for (const stream of this.#upgraded) {
			stream.destroy();
		}
	}
}

/** How often it is looked whether requests are left, while the server stops. */
const lookMs = 10;

/** How many looks make a while where connections are left, and how long they are waited for at most. */
const enoughLooks = 15;
const longestWaitMs = 1000;

const slash = 0x2f;

/** Path and query of a target in absolute form, whose authority goes before `Host` (RFC 9112 §3.2.2). */
function absoluteTarget(url: string): string | RefusalStatus {
	const authority = authorityOf(url);
	return authority === undefined || !isHost(authority) ? 400 : originForm(url);
}
