import { assertArgument, told } from "./options.ts";
import { beginAtProgram } from "./program-stack.ts";
import {
	describeErrors,
	type Endpoint,
	type ErrorDetail,
} from "./validation-error.ts";

/**
 * Closes a socket: thrown by its handler or a dependency, it is sent with its code and reason. Before the socket has been accepted the
 * handshake is answered with 403 instead.
 *
 * @see FastAPI, "WebSockets": Using `Depends` and others
 */
export class WebSocketException extends Error {
	override readonly name = "WebSocketException";
	/** 1000, 1001 to 1014 without 1004 to 1006, or one of your own from 3000 to 4999. RFC 6455 §7.4 */
	readonly code: number;
	/** At most 123 bytes of it are sent. */
	readonly reason: string;

	/** @throws RangeError for a code that can't be sent */
	constructor(code: number, reason = "", options?: ErrorOptions) {
		super(
			reason === "" ? `close code ${String(code)}` : String(reason),
			options,
		);
		assertCloseCode("a WebSocketException", code);
		assertArgument("WebSocketException", "reason", reason, "text");
		this.code = code;
		this.reason = reason;
	}
}

/**
 * The socket is closed: what waits for a message, or sends one, is told so by this. Nothing is wrong with the server, so a handler
 * that lets it through ends quietly.
 *
 * @see FastAPI, "WebSockets": Handling disconnections and multiple clients
 */
export class WebSocketDisconnect extends Error {
	override readonly name = "WebSocketDisconnect";
	/** The code of whoever closed it: 1005 when the client sent none, 1006 when its connection was lost. */
	readonly code: number;
	readonly reason: string;

	constructor(code = 1000, reason = "") {
		super(`the socket is closed: ${code}${reason && ` ${reason}`}`);
		this.code = code;
		this.reason = reason;
	}
}

/**
 * A handshake that does not fit its declaration: answered with 403. An exception handler of this class can answer otherwise.
 * @see FastAPI, `WebSocketRequestValidationError`
 */
export class WebSocketRequestValidationError extends Error {
	override readonly name = "WebSocketRequestValidationError";
	readonly errors: readonly ErrorDetail[];
	/** Whose handshake it was. */
	readonly endpoint: Endpoint | undefined;

	constructor(errors: readonly ErrorDetail[], endpoint?: Endpoint) {
		super(describeErrors("handshake", errors, endpoint));
		this.errors = errors;
		this.endpoint = endpoint;
	}
}

/**
 * RFC 6455 §7.4.1: 1005, 1006 and 1015 are never sent, 1004 means nothing.
 * @throws RangeError
 */
export function assertCloseCode(where: string, code: unknown): void {
	const isRight =
		Number.isInteger(code) &&
		((Number(code) >= 1000 &&
			Number(code) <= 1014 &&
			![1004, 1005, 1006].includes(Number(code))) ||
			(Number(code) >= 3000 && Number(code) <= 4999));
	if (!isRight) {
		throw beginAtProgram(
			new RangeError(
				`${where}: a close code is 1000, 1001 to 1014 without 1004 to 1006, or from 3000 to 4999, not ${told(code)}`,
			),
		);
	}
}
