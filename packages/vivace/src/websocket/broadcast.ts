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
	const slow = handOut(recipients, value);
	if (slow.length > 0) {
		await Promise.all(slow);
	}
}

/** The loop makes nothing for a socket that is not slow: a closure in it, or the state of an asynchronous function, would be made for each. */
function handOut(
	recipients: Iterable<Recipient>,
	value: unknown,
): Promise<void>[] {
	const slow: Promise<void>[] = [];
	const messages: WrittenMessages = new Map();
	let last: WriteMessage | undefined;
	let message: SharedMessage | Promise<SharedMessage> | undefined;
	for (const recipient of recipients) {
		if (typeof recipient?.sendShared !== "function") {
			assertArgument(where, "sockets", recipient, () => socketsWords);
		}
		const { writer } = recipient;
		if (message === undefined || writer !== last) {
			last = writer;
			message = writtenBy(writer, value, messages);
		}
		const sending =
			message instanceof Promise
				? sendLater(recipient, message)
				: recipient.sendShared(message);
		if (sending !== undefined) {
			slow.push(sending.catch(unlessClosed));
		}
	}
	return slow;
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

type WrittenMessages = Map<
	WriteMessage | undefined,
	SharedMessage | Promise<SharedMessage>
>;

function writtenBy(
	writer: WriteMessage | undefined,
	value: unknown,
	messages: WrittenMessages,
): SharedMessage | Promise<SharedMessage> {
	const known = messages.get(writer);
	if (known !== undefined) {
		return known;
	}
	const message = messageOf(writer, value);
	messages.set(writer, message);
	return message;
}

function sendLater(
	recipient: Recipient,
	message: Promise<SharedMessage>,
): Promise<void> {
	return message.then((made) => recipient.sendShared(made));
}

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
