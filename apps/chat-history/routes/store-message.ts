import type { Response } from "vivace";
import type {
	Message,
	MessageStore,
	NewMessage,
} from "../storage/message-store.ts";

/** Stores a message, once if it comes with a key, and gives it as it is stored; the response says when it was there already. */
export async function addMessage(
	messages: MessageStore,
	message: NewMessage,
	idempotencyKey: string | undefined,
	response: Response,
): Promise<Message> {
	return idempotencyKey === undefined
		? messages.add(message)
		: storeOnce(messages, message, idempotencyKey, response);
}

/** Stores a message as {@link addMessage} does, for an answer that does not show it: without a key it is one statement. */
export async function storeMessage(
	messages: MessageStore,
	message: NewMessage,
	idempotencyKey: string | undefined,
	response: Response,
): Promise<void> {
	await (idempotencyKey === undefined
		? messages.store(message)
		: storeOnce(messages, message, idempotencyKey, response));
}

async function storeOnce(
	messages: MessageStore,
	message: NewMessage,
	idempotencyKey: string,
	response: Response,
): Promise<Message> {
	const stored = await messages.storeOnce(message, idempotencyKey);
	if (stored.isReplay) {
		response.headers.set("Idempotent-Replayed", "true");
	}
	return stored.message;
}
