import { assertArgument } from "../errors/options.ts";
import { WebSocketDisconnect } from "../errors/web-socket-errors.ts";
import type { SharedMessage } from "../http/upgrade.ts";
import { encodeJson } from "../json/encode.ts";
import { asMessage, type WriteMessage } from "./typed-messages.ts";

/** A socket, as one of many that get the same message. */
export interface Recipient {
	/** By what the values are written that its route sends; `undefined`: as JSON. */
	readonly writer: WriteMessage | undefined;
	/** Gives a promise only where its client is slow, or the handshake is not answered yet. */
	sendShared(message: SharedMessage): Promise<void> | undefined;
}

/**
 * Hands a value to many sockets before it waits for those that are slow; it is written once for each kind of route, and put into a frame once. One that is
 * closed, or is closed meanwhile, gets nothing and is no error.
 */
export async function sendToAll(
	recipients: Iterable<Recipient>,
	value: unknown,
): Promise<void> {
	const messages = new Map<
		WriteMessage | undefined,
		SharedMessage | Promise<SharedMessage>
	>();
	const slow: Promise<void>[] = [];
	for (const recipient of recipients) {
		if (typeof recipient?.sendShared !== "function") {
			assertArgument(where, "sockets", recipient, () => socketsWords);
		}
		const { writer } = recipient;
		let message = messages.get(writer);
		if (message === undefined) {
			message = messageOf(writer, value);
			messages.set(writer, message);
		}
		const sending =
			message instanceof Promise
				? message.then((made) => recipient.sendShared(made))
				: recipient.sendShared(message);
		if (sending !== undefined) {
			slow.push(sending.catch(unlessClosed));
		}
	}
	await Promise.all(slow);
}

/** @throws SetupError `VIV_OPTION` for what can't be gone through */
export function assertRecipients(given: unknown): void {
	assertArgument(where, "sockets", given, (value) =>
		typeof value === "object" &&
		value !== null &&
		Symbol.iterator in value &&
		!(value instanceof Map)
			? undefined
			: socketsWords,
	);
}

const where = "WebSocket.broadcast()";
const socketsWords = "sockets (a Set, a list; of a Map map.values())";

function messageOf(
	writer: WriteMessage | undefined,
	value: unknown,
): SharedMessage | Promise<SharedMessage> {
	if (writer === undefined) {
		return { data: asMessage(value) ?? encodeJson(value), frame: undefined };
	}
	const text = writer(value);
	return text instanceof Promise
		? text.then((data) => ({ data, frame: undefined }))
		: { data: text, frame: undefined };
}

function unlessClosed(error: unknown): void {
	if (!(error instanceof WebSocketDisconnect)) {
		throw error;
	}
}
