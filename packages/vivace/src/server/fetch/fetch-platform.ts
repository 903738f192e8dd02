import type { OpenFile } from "../../http/open-file.ts";
import type { FileBody } from "../../http/stored-file.ts";
import type { SocketHead } from "../../http/upgrade.ts";
import type {
	InheritedAddress,
	ListenAddress,
} from "../lifecycle/connection-source.ts";
import type { Peer } from "../lifecycle/proxy-trust.ts";
import type { ResolvedServeOptions } from "../lifecycle/serve-options.ts";

/** Answers one request of a runtime. It never throws and never rejects. */
export type FetchAnswer<Info> = (
	request: globalThis.Request,
	info: Info,
) => globalThis.Response | Promise<globalThis.Response>;

/**
 * A runtime whose own server hands over web-standard requests and takes web-standard responses: Bun, Deno.
 *
 * `Info` is what the runtime tells beside a request.
 */
export interface FetchPlatform<Info> {
	/**
	 * Opens the port; resolves when it listens, rejects with the operating system's error.
	 *
	 * @param answer called for each request from then on
	 * @param inherited the socket that listens already, where another process has opened it
	 */
	open(
		options: ResolvedServeOptions,
		answer: FetchAnswer<Info>,
		inherited?: InheritedAddress,
	): Promise<FetchPort<Info>>;
}

/** An open port of a runtime. */
export interface FetchPort<Info> {
	readonly address: ListenAddress;
	/** True when the runtime sends the head of a stream with the first chunk, however long that takes. */
	readonly holdsHead?: boolean;
	/** True when the signal of a request is aborted also when its answer has left, not only when its client has. */
	readonly abortsWhenAnswered?: boolean;
	/** True when the runtime gives bytes that are handed over at once no media type of its own. */
	readonly leavesBytesUntyped?: boolean;
	/** True when the runtime reads a plain record of headers in less time than it copies a `Headers`. */
	readonly prefersRecords?: boolean;
	/** The most of a body that is handed over at once, in bytes; a larger one is streamed. Default: no limit. */
	readonly mostAtOnceBytes?: number;
	/**
	 * Path and query as they stand in the request line, or the status with which a request is refused that the runtime takes and HTTP does
	 * not.
	 *
	 * @param method that of the request, which a runtime makes anew at each asking
	 */
	readTarget(
		request: globalThis.Request,
		method: string,
	): string | RefusalStatus;
	/** The host of an address, where it is not that of the header; `undefined` where it is. */
	hostOf?(request: globalThis.Request): string | undefined;
	/** True when who waits for a part of a request's body does so for ever once the head of the answer is given. */
	readonly dropsReads?: boolean;
	/** True when a 205 leaves without the length that is given here. */
	readonly dropsLengthOf205?: boolean;
	/** Says that somebody listens to a request's signal. */
	watchSignal?(): void;
	/** The other end of a request's connection. */
	peerOf(request: globalThis.Request, info: Info): Peer;
	/**
	 * Keeps what is told of a request, headers and the other end, where it would be forgotten with the answer. Asked only where something
	 * goes on after that: background tasks, what a dependency releases, a file, a stream, the log of requests.
	 */
	keep?(request: globalThis.Request, info: Info): void;
	/** True when the client left before it had the whole answer. */
	isGone(request: globalThis.Request, info: Info): boolean;
	/**
	 * Calls a function when the whole answer has left, or the client has, in the async context of this moment. Asked only where something waits
	 * for that: background tasks, what a dependency releases, a file, a stream.
	 */
	whenOver(request: globalThis.Request, info: Info, onOver: () => void): void;
	/** Says that a request takes time: its connection is not idle, though nothing moves on it. */
	holdOpen?(request: globalThis.Request, info: Info): void;
	/** Says that a held connection counts as idle again once its answer has left. */
	letGo?(request: globalThis.Request, info: Info): void;
	/**
	 * Tells what waits for a client that has no room for more: another text whenever it has taken something; `undefined` when it has room. An
	 * answer that was handed over as a whole says nothing of its progress otherwise; without it a client has to take so many bytes a second in all.
	 */
	readonly waitingOf?:
		| ((request: globalThis.Request, info: Info) => string | undefined)
		| undefined;
	/** Cuts a connection whose client takes nothing of an answer that is complete. */
	cutOff?(request: globalThis.Request, info: Info): void;
	/**
	 * A body that the runtime reads from the disk by itself; `undefined` where its pieces are to be streamed. It may change the headers.
	 * The file stays open until {@link FetchPort.whenOver}.
	 */
	fileBody?(
		file: OpenedFile,
		headers: FetchHeaders,
	): Promise<SentBody | undefined>;
	/**
	 * Answers the handshake of a socket with 101; `undefined` when the client has gone.
	 *
	 * @param news told from now on
	 */
	upgrade?(
		request: globalThis.Request,
		info: Info,
		head: SocketHead,
		news: SocketNews,
	): UpgradedRequest | undefined;
	/** Has new connections refused; those that were accepted before are still served. */
	refuseNew(hurry: AbortSignal): Promise<void>;
	/**
	 * Closes connections that are idle after a while, and the port; resolves when all connections are closed.
	 *
	 * @param farewellMs how long idle connections may bring one more request
	 * @param isIdle true when no request is being answered
	 */
	close(
		farewellMs: number,
		hurry: AbortSignal,
		isIdle: () => boolean,
	): Promise<void>;
	/** Cuts all connections. */
	cut(): void;
}

/** A handshake that was answered. */
export interface UpgradedRequest {
	/** Stands for the answer where the runtime wants one. */
	readonly response?: globalThis.Response;
	/** Resolves when the socket is open, or lost; `undefined` where it is open already. */
	readonly opened?: Promise<void>;
}

/** An open socket of a runtime, in the form that Bun's have, so that those are handed on as they are. */
export interface RuntimeSocket {
	/** @returns more than 0 only where none of it waits to be sent */
	send(data: string | Uint8Array, isCompressed: boolean): number;
	/** How many bytes wait to be sent. */
	getBufferedAmount(): number;
	close(code: number, reason: string): void;
	/** Cuts the connection. */
	terminate(): void;
	/** Asks the client whether it is there. */
	ping(): void;
	/** Stops reading, and goes on. */
	pause(): void;
	resume(): void;
}

/** The events of a socket of a runtime. */
export interface SocketNews {
	/** Called once, before all others but `closed`. */
	opened(socket: RuntimeSocket): void;
	message(data: string | Uint8Array): void;
	pong(): void;
	/** So little waits that more may be sent. */
	drained(): void;
	/** Further calls do nothing. */
	closed(code: number, reason: string): void;
}

/** A part of a file that is open. */
export interface OpenedFile extends FileBody {
	readonly handle: OpenFile;
}
/** The status with which a request is refused. */
export type RefusalStatus = 400 | 417 | 501;

/** Anything that a web-standard response takes as its body. */
export type SentBody = NonNullable<
	ConstructorParameters<typeof globalThis.Response>[0]
>;

/** Headers of an answer as they are handed to a runtime: pairs, or a record where no name comes twice. */
export type FetchHeaders = Record<string, string> | [string, string][];
