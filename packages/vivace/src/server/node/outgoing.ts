import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../../http/answer.ts";
import { headerLines } from "../../http/answer-framing.ts";
import { directMessage } from "./direct-message.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import type { NodeExchange } from "./node-exchange.ts";
import { isOtherRuntime } from "./other-runtime.ts";

/** Writes status and headers; a `Content-Length` says the size if it is known. */
export function writeHead(
	host: ExchangeHost,
	exchange: NodeExchange,
	answer: Answer,
	sizeBytes: number | undefined,
): void {
	const { outgoing } = exchange;
	const { status } = answer;
	if (isLastOnConnection(host, exchange)) {
		outgoing.writeHead(status, withClose(headerLines(answer, sizeBytes)));
		keepCharacters(outgoing);
		return;
	}
	const { heads } = host;
	const type = onlyTypeOf(answer);
	if (
		type === undefined ||
		heads === undefined ||
		sizeBytes === undefined ||
		sizeBytes === 0 ||
		exchange.method === "HEAD" ||
		!heads.write(outgoing, status, type, sizeBytes)
	) {
		heads?.announce(outgoing);
		outgoing.writeHead(status, headerLines(answer, sizeBytes));
		keepCharacters(outgoing);
	}
}

const beyondAscii = /[\x80-\xff]/;
const nothing = new Uint8Array();

/**
 * Node encodes a head in the way of the text behind it, as UTF-8; a field is of ISO 8859-1 (RFC 9110 §5.5), as which Node encodes it where
 * bytes are behind it.
 */
function keepCharacters(outgoing: ServerResponse): void {
	const { _header: head } = outgoing as { readonly _header?: unknown };
	if (typeof head === "string" && beyondAscii.test(head)) {
		outgoing.write(nothing);
	}
}

/** The media type of an answer that has no other header. */
function onlyTypeOf(answer: Answer): string | undefined {
	if (answer.onlyType !== undefined) {
		return answer.onlyType;
	}
	const { lines } = answer.headers; // made when they are asked for
	return lines.length === 2 && lines[0] === "content-type"
		? lines[1]
		: undefined;
}

function withClose(lines: readonly string[]): string[] {
	const others = lines.filter(
		(_, index) => lines[index - (index % 2)] !== "connection",
	);
	return [...others, "connection", "close"];
}

/** Up to this size a body that nobody reads is discarded to keep the connection. */
const discardedBytes = 65_536;

/** True when the connection can't be used after this answer; decides about a body that nobody has read. */
function isLastOnConnection(
	host: ExchangeHost,
	exchange: NodeExchange,
): boolean {
	if (host.isClosing || host.isLeaving || exchange.isBodyRefused) {
		return true;
	}
	if (
		exchange.awaitsContinue ||
		// that of a GET Node throws away, Deno waits for it to be read
		((exchange.method !== "GET" || isOtherRuntime) &&
			hasLongUnreadBody(exchange))
	) {
		exchange.isBodyRefused = true;
		return true;
	}
	// Node throws away what came in the same packet behind a request for another protocol
	const { upgrade, connection = "" } = exchange.incoming.headers;
	return upgrade !== undefined && /\bupgrade\b/i.test(connection);
}

function hasLongUnreadBody({ incoming, method }: NodeExchange): boolean {
	if (method === "HEAD" || incoming.complete) {
		return false;
	}
	if (isBeingRead(incoming)) {
		return false; // it is being read, beside the answer
	}
	const length = incoming.headers["content-length"];
	return length === undefined
		? incoming.headers["transfer-encoding"] !== undefined
		: Number(length) > discardedBytes;
}

function isBeingRead(incoming: IncomingMessage): boolean {
	return incoming.readableDidRead || directMessage(incoming)?.isHanded === true;
}

/** How long, and how much, a client may go on sending a body that was refused before its connection is cut. */
const lingerMs = 1000;
const lingerBytes = 8_388_608;

/**
 * Ends a response. If the client is still sending, what it sends is thrown away for a moment first: a connection that is closed
 * with unread data is reset, and the client would lose the answer (RFC 9112 §9.6).
 */
export function endOutgoing({
	incoming,
	outgoing,
	isBodyRefused,
	socket,
}: NodeExchange): void {
	if (
		incoming.complete ||
		incoming.readableEnded || // it has none: nothing would say that it ends
		!(isBodyRefused || isBeingRead(incoming))
	) {
		outgoing.end();
		return;
	}
	outgoing.flushHeaders();
	let leftBytes = lingerBytes;
	const end = () => {
		clearTimeout(timer);
		incoming.off("end", end).off("close", end).off("data", discard);
		outgoing.end(() => socket.destroySoon());
	};
	const discard = (chunk: Uint8Array) => {
		leftBytes -= chunk.length;
		if (leftBytes < 0) {
			end();
		}
	};
	const timer = setTimeout(end, lingerMs);
	incoming.once("end", end).once("close", end).on("data", discard);
	incoming.resume();
}

/** Answers 500 as FastAPI does, or cuts the connection if the head of another answer has left already. */
export function sendInternalError(
	host: ExchangeHost,
	exchange: NodeExchange,
): void {
	const { outgoing } = exchange;
	if (outgoing.headersSent) {
		const sent = exchange.upgraded === undefined ? outgoing : exchange.socket;
		sent.destroy();
		return;
	}
	const text = "Internal Server Error";
	const lines = [
		"content-type",
		"text/plain; charset=utf-8",
		"content-length",
		`${text.length}`,
	];
	if (isLastOnConnection(host, exchange)) {
		lines.push("connection", "close");
	}
	host.heads?.announce(outgoing);
	outgoing.writeHead(500, lines);
	outgoing.end(text);
}

/** Ends an exchange, and forgets it. */
export function settle(
	host: ExchangeHost,
	exchange: NodeExchange,
	error?: unknown,
): void {
	if (exchange.isTracked) {
		host.release(exchange);
	}
	void exchange.settle(error);
}
