import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Answer } from "../../http/answer.ts";
import type {
	ClientAddress,
	RequestSource,
} from "../../http/request-source.ts";
import type { SocketUpgrade } from "../../http/upgrade.ts";
import type { Linked } from "../../time/linked-set.ts";
import type { ProxyTrust } from "../lifecycle/proxy-trust.ts";
import { ServerExchange } from "../lifecycle/server-exchange.ts";
import { FetchBody } from "./fetch-body.ts";
import type { FetchPort } from "./fetch-platform.ts";

/** An answer that the runtime has, and its client perhaps not. */
export interface HandedOver {
	readonly sizeBytes: number;
	/** Since when nothing seems to have left, as `performance.now()` counts. */
	sinceMs: number;
	/** The runtime's word on what waited then. */
	waiting?: string | undefined;
}

/** The part of the server that receiving a request needs. */
export interface FetchReceiver<Info> {
	readonly trust: ProxyTrust;
	readonly port: FetchPort<Info>;
}

/** A body that is being streamed, as the server that stops sees it. */
export interface SentStream {
	/** True when its last chunk was handed over, or it was cut. */
	readonly isClosed: boolean;
	/** Since when the client has taken nothing of what waits for it, as `performance.now()` counts; `undefined` while nothing waits. */
	waitsSinceMs: number | undefined;
	/** Ends the body in good order, whatever the iteration is waiting for. */
	end(): void;
	/** Settles the exchange although the iteration is not over. */
	abandon(error?: unknown): void;
	/** Cuts the connection: its client takes nothing. */
	cut(): void;
}

/**
 * One request and its answer on a server that speaks web-standard requests. What a plain request does not need is made at the first
 * reading: a runtime makes most of a `Request` when it is asked for.
 */
export class FetchExchange<Info>
	extends ServerExchange
	implements RequestSource, Linked<FetchExchange<Info>>
{
	override readonly source: RequestSource = this;
	readonly method: string;
	readonly target: string;
	readonly request: globalThis.Request;
	readonly info: Info;
	readonly #receiver: FetchReceiver<Info>;
	/** True when the server keeps it: it was not over when its answer was handed over. */
	isTracked = false;
	/** True once the runtime was told that it takes time. */
	isHeld = false;
	previous: FetchExchange<Info> | undefined;
	next: FetchExchange<Info> | undefined;
	/** The answer, once the app has given it. */
	answer: Answer | undefined;
	/** The answer was handed over as a whole. */
	handedOver: HandedOver | undefined;
	/** The body that is being streamed. */
	stream: SentStream | undefined;
	/** The way to a socket, where the request is the handshake of one. */
	upgrade: SocketUpgrade | undefined;
	/** True from when its handshake is answered: how its socket ends is not told by the request's signal. */
	isUpgrading = false;
	/** The reader of its body, once there is one. */
	body: FetchBody | undefined;
	/** True once the runtime was asked for the headers, which it forgets with the answer otherwise. */
	areHeadersKept = false;
	/** True when its client was seen to leave. */
	#isGone = false;

	constructor(
		receiver: FetchReceiver<Info>,
		request: globalThis.Request,
		info: Info,
		method: string,
		target: string,
	) {
		super();
		this.#receiver = receiver;
		this.request = request;
		this.info = info;
		this.method = method;
		this.target = target;
	}

	get scheme(): "http" | "https" {
		return this.#receiver.trust.schemeOf(
			this.#receiver.port.peerOf(this.request, this.info),
			this.header("x-forwarded-proto"),
		);
	}

	get client(): ClientAddress | undefined {
		return this.#receiver.trust.clientOf(
			this.#receiver.port.peerOf(this.request, this.info),
			this.header("x-forwarded-for"),
		);
	}

	override get isClientGone(): boolean {
		return this.#isGone || this.#receiver.port.isGone(this.request, this.info);
	}

	/** True when the body of its answer never ends by itself. */
	get endsOnShutdown(): boolean {
		return this.answer?.endsOnShutdown === true;
	}

	/** Says that its client has left. */
	markGone(): void {
		this.#isGone = true;
		this.controller?.abort(new ClientGoneError());
	}

	/** True when nothing is left that the runtime could ask for. */
	get #isHandedOver(): boolean {
		return (
			this.answer !== undefined &&
			(this.stream === undefined || this.stream.isClosed)
		);
	}

	protected override watchClient(controller: AbortController): void {
		const { port } = this.#receiver;
		const tell = () => {
			if (this.isUpgrading) {
				return; // a runtime may count that as the end of its answer
			}
			if (port.abortsWhenAnswered === true && !this.#isHandedOver) {
				this.#isGone ||= this.request.signal.aborted;
			}
			if (this.isClientGone) {
				controller.abort(new ClientGoneError());
			}
		};
		port.watchSignal?.();
		this.request.signal.addEventListener("abort", tell);
		tell();
	}

	/** True when the connection can't be used after the answer: the rest of a body would have to be read first. */
	get isBodyRefused(): boolean {
		if (this.upgrade !== undefined) {
			return true; // a refused handshake
		}
		return this.body === undefined
			? this.method !== "GET" && hasLongBody(this.request)
			: this.body.isRefused;
	}

	header(name: string): string | undefined {
		if (name === "host") {
			const host = this.#receiver.port.hostOf?.(this.request);
			if (host !== undefined) {
				return host;
			}
		}
		return this.#headers.get(name) ?? undefined;
	}

	get #headers(): Headers {
		if (!this.areHeadersKept) {
			if (this.isOver) {
				throw new TypeError(
					"The request is over, and this runtime keeps no headers of it: read what you need of them, the URL or the client before the handler returns.",
				);
			}
			this.areHeadersKept = true;
		}
		return this.request.headers;
	}

	headerEntries(): Iterable<readonly [string, string]> {
		const headers = this.#headers;
		const host = this.#receiver.port.hostOf?.(this.request);
		return host === undefined || host === headers.get("host")
			? headers
			: Array.from(headers, ([name, value]) => [
					name,
					name === "host" ? host : value,
				]);
	}

	readBody(limitBytes: number): Promise<Uint8Array> {
		this.body = new FetchBody(this.request, () => this.markGone());
		return this.body.read(limitBytes);
	}

	bodyChunks(): AsyncIterable<Uint8Array> {
		this.body = new FetchBody(this.request, () => this.markGone());
		return this.body;
	}
}

/** Up to this size a body that nobody reads is discarded to keep the connection. */
const discardedBytes = 65_536;

function hasLongBody({ method, headers }: globalThis.Request): boolean {
	if (method === "GET" || method === "HEAD") {
		return false;
	}
	const length = headers.get("content-length");
	return length === null
		? headers.has("transfer-encoding")
		: Number(length) > discardedBytes;
}
