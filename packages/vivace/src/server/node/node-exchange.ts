import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Exchange } from "../../http/exchange.ts";
import { originForm } from "../../http/request-origin.ts";
import type {
	ClientAddress,
	NodeHandler,
	RequestSource,
} from "../../http/request-source.ts";
import type { SocketUpgrade } from "../../http/upgrade.ts";
import type { Linked } from "../../time/linked-set.ts";
import type { ProxyTrust } from "../lifecycle/proxy-trust.ts";
import { ServerExchange } from "../lifecycle/server-exchange.ts";
import { readChunks, readWhole } from "./incoming-body.ts";

/**
 * One request and its response on `node:http`: what the app reads from, and what the server keeps of it until it is over.
 * Everything that a plain request does not need is made at the first reading.
 */
export class NodeExchange
	extends ServerExchange
	implements RequestSource, Linked<NodeExchange>
{
	override readonly source: RequestSource = this;
	readonly method: string;
	readonly target: string;
	incoming: IncomingMessage;
	outgoing: ServerResponse;
	readonly #trust: ProxyTrust;
	/** True when the client waits for `100 Continue` before it sends its body (RFC 9110 §10.1.1). */
	awaitsContinue: boolean;
	/** True when a part of the body was left unread on purpose: the connection can't be used again. */
	isBodyRefused = false;
	/** True when the server keeps it: it was not over when the listener returned. */
	isTracked = false;
	previous: NodeExchange | undefined;
	next: NodeExchange | undefined;
	/** The handler of `node:http` that is to send the answer, and the path and query that it shall see. */
	handover:
		| { readonly handler: NodeHandler; readonly target: string }
		| undefined;
	/** True when the body of its answer never ends by itself. */
	endsOnShutdown = false;
	/** The body that is being streamed. */
	stream: { end(): void; abandon(error?: unknown): void } | undefined =
		undefined;
	/** There when the request is the handshake of a socket. */
	upgrade: SocketUpgrade | undefined;

	constructor(
		incoming: IncomingMessage,
		outgoing: ServerResponse,
		trust: ProxyTrust,
		awaitsContinue: boolean,
	) {
		super();
		this.method = incoming.method as string; // always there on a server
		const target = incoming.url as string; // as well
		this.target = target.charCodeAt(0) === 0x2f ? target : originForm(target);
		this.incoming = incoming;
		this.outgoing = outgoing;
		this.#trust = trust;
		this.awaitsContinue = awaitsContinue;
	}

	override leaveWhenSettled(
		run: Parameters<Exchange["leaveWhenSettled"]>[0],
	): void {
		super.leaveWhenSettled(run);
		if (this.isReadAtEnd) {
			void this.socket.remoteAddress; // Node keeps it when it was asked for, and tells no more of a connection that is closed
		}
	}

	takeOver(handler: NodeHandler, target: string): void {
		this.handover = { handler, target };
	}

	get sentStatus(): number | undefined {
		return this.handover === undefined ? undefined : this.outgoing.statusCode;
	}

	get socket(): Socket {
		return this.incoming.socket;
	}

	get scheme(): "http" | "https" {
		const { headers, socket } = this.incoming;
		return this.#trust.schemeOf(socket, headers["x-forwarded-proto"]);
	}

	get client(): ClientAddress | undefined {
		const { headers, socket } = this.incoming;
		return this.#trust.clientOf(socket, headers["x-forwarded-for"]);
	}

	get httpVersion(): string {
		return this.incoming.httpVersion;
	}

	override get isClientGone(): boolean {
		return this.outgoing.destroyed && !this.outgoing.writableFinished;
	}

	/** Cuts its connection, at once for whoever answers it: the connection itself says so a turn later, and takes an answer until then. */
	cutOff(): void {
		this.socket.destroy(); // first: on Bun an answer that is destroyed is one, with 200
		this.outgoing.destroy();
		this.abortForShutdown();
	}

	protected override watchClient(controller: AbortController): void {
		if (this.isClientGone) {
			controller.abort(new ClientGoneError());
		} else if (!this.outgoing.writableFinished) {
			this.outgoing.once("close", () => {
				if (this.isClientGone) {
					controller.abort(new ClientGoneError());
				}
			});
		}
	}

	header(name: string): string | undefined {
		const value = this.incoming.headers[name];
		if (typeof value === "string") {
			return value;
		}
		return Array.isArray(value) ? value.join(", ") : undefined;
	}

	*headerEntries(): Generator<readonly [string, string]> {
		const raw = this.incoming.rawHeaders;
		for (let index = 0; index < raw.length; index += 2) {
			yield [(raw[index] as string).toLowerCase(), raw[index + 1] as string];
		}
	}

	readBody(limitBytes: number): Promise<Uint8Array> {
		return readWhole(this, limitBytes);
	}

	bodyChunks(): AsyncIterable<Uint8Array> {
		return readChunks(this);
	}
}
