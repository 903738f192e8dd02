import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Answer } from "../../http/answer.ts";
import type { AnswerTaker } from "../../http/answer-taker.ts";
import type { SocketUpgrade } from "../../http/upgrade.ts";
import type { ProxyTrust } from "../lifecycle/proxy-trust.ts";
import { joinedHeaders, sharedName } from "./joined-headers.ts";
import { NodeExchange } from "./node-exchange.ts";

// as in http-server.ts: an import would load all of the module
const { ServerResponse: OutgoingResponse } =
	process.getBuiltinModule("node:http");

/** The answer to a handshake, or `undefined` when it has become a socket, which is over. */
export type PendingAnswer = Promise<Answer | undefined>;

/**
 * The exchange of a handshake: what answers it like any request is made when it is to be answered so, and when it has become a socket,
 * nothing of HTTP is kept that ten thousand of them would hold.
 */
export class HandshakeExchange extends NodeExchange {
	/** The answer that nobody waits for yet. */
	#answer: PendingAnswer | undefined;
	#answerTaker: AnswerTaker<NodeExchange, void> | undefined;

	constructor(incoming: IncomingMessage, trust: ProxyTrust) {
		super(incoming, unanswered, trust, false);
	}

	override get isClientGone(): boolean {
		return this.outgoing === unanswered
			? this.socket.destroyed
			: super.isClientGone;
	}

	protected override watchClient(controller: AbortController): void {
		if (this.isClientGone) {
			controller.abort(new ClientGoneError());
			return;
		}
		this.socket.once("close", () => {
			if (this.isClientGone) {
				controller.abort(new ClientGoneError());
			}
		});
	}

	/** It is to be answered as any request, unless it has become a socket: from here on {@link NodeExchange.outgoing} can be written to. */
	beginAnswer(): this {
		if (this.outgoing === unanswered) {
			this.outgoing = this.#newAnswer();
		}
		return this;
	}

	#newAnswer(): ServerResponse {
		const { socket } = this;
		const outgoing = new OutgoingResponse(this.incoming);
		outgoing.shouldKeepAlive = false;
		if (socket.destroyed) {
			return outgoing.destroy();
		}
		outgoing.assignSocket(socket);
		return outgoing.once("finish", endConnection);
	}

	/** Waits for the answer: where the handler of a socket runs from its end on, for a promise that somebody waits for is 250 bytes of each. */
	awaitAnswer(
		answer: PendingAnswer,
		taker: AnswerTaker<NodeExchange, void>,
	): void {
		if (this.isHandled) {
			this.#answer = answer;
			this.#answerTaker = taker;
		} else {
			this.#giveTo(taker, answer);
		}
	}

	override handlerIsOver(): void {
		super.handlerIsOver();
		const answer = this.#answer;
		if (answer !== undefined) {
			this.#answer = undefined;
			this.#giveTo(
				this.#answerTaker as AnswerTaker<NodeExchange, void>,
				answer,
			); // set together
		}
	}

	#giveTo(taker: AnswerTaker<NodeExchange, void>, answer: PendingAnswer): void {
		answer.then(
			(made) => taker.take(this.beginAnswer(), made),
			(error: unknown) => taker.fail(this.beginAnswer(), error),
		);
	}

	/** It has become a socket. */
	leaveHttp(): void {
		void this.socket.remoteAddress; // asked for now it is known at the end too, as by whenSettled()
		this.outgoing = leftBehind;
		this.upgrade = accepted;
		this.incoming = leftOf(this.incoming);
	}
}

/** For a connection of which nobody has read yet: `close` follows. */
export function ignoreError(): void {}

/** Stands for an answer that has not begun. */
const unanswered = Object.freeze({
	destroyed: false,
	writableFinished: false,
	destroy() {},
}) as unknown as ServerResponse;

/** Stands for the answer of a handshake that `ws` has given: it was sent, and nobody writes to it. */
const leftBehind = Object.freeze({
	destroyed: false,
	headersSent: true,
	writableFinished: true,
	destroy() {},
}) as unknown as ServerResponse;

/** Tells that a request was the handshake of a socket, when it is one. */
const accepted: SocketUpgrade = {
	accept: () => Promise.reject(new TypeError("it is a socket already")),
};

/**
 * As much of a request as may still be asked for: its stream and its events are a kilobyte, its headers as a record 200 bytes, and their names, which
 * Node makes anew for each request, more than that of a browser's.
 */
class LeftRequest {
	readonly httpVersion = "1.1"; // no other asks for a socket
	readonly rawHeaders: readonly string[];
	readonly socket: Socket;
	#headers: Record<string, string> | undefined;

	constructor({ rawHeaders, socket }: IncomingMessage) {
		for (let index = 0; index < rawHeaders.length; index += 2) {
			rawHeaders[index] = sharedName(rawHeaders[index] as string);
		}
		this.rawHeaders = rawHeaders; // nobody else has them any more
		this.socket = socket;
	}

	get headers(): Readonly<Record<string, string>> {
		this.#headers ??= joinedHeaders(this.rawHeaders);
		return this.#headers;
	}
}

function leftOf(incoming: IncomingMessage): IncomingMessage {
	return new LeftRequest(incoming) as unknown as IncomingMessage; // the rest has no reader: it is about bodies, and answers
}

/** A function of its own: one that is made for each handshake would hold all that came with it, as long as the socket lives. */
function endConnection(this: ServerResponse): void {
	this.socket?.destroySoon();
}
