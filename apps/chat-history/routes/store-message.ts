import type { Response } from "vivace";
import type {
	Message,
	MessageStore,
	NewMessage,
} from "../storage/message-store.ts";

/** Tells those who follow conversations that a message was stored. Nobody waits for it. */
export type Announce = () => void;

/** The things that storing a message needs. */
export interface Storing {
	readonly messages: MessageStore;
	readonly announce: Announce;
	readonly idempotencyKey: string | undefined;
	readonly response: Response;
}

/** Stores a message, once if it comes with a key, and gives it as it is stored; the response says when it was there already. */
export async function addMessage(
	message: NewMessage,
	storing: Storing,
): Promise<Message> {
	if (storing.idempotencyKey !== undefined) {
		return storeOnce(message, storing.idempotencyKey, storing);
	}
	const added = await storing.messages.add(message);
	storing.announce();
	return added;
}

/** Stores a message as {@link addMessage} does, for an answer that does not show it: without a key it is one statement. */
export async function storeMessage(
	message: NewMessage,
	storing: Storing,
): Promise<void> {
	if (storing.idempotencyKey !== undefined) {
		await storeOnce(message, storing.idempotencyKey, storing);
		return;
	}
	await storing.messages.store(message);
	storing.announce();
}

async function storeOnce(
	message: NewMessage,
	idempotencyKey: string,
	{ messages, announce, response }: Storing,
): Promise<Message> {
	const stored = await messages.storeOnce(message, idempotencyKey);
	if (stored.isReplay) {
		response.headers.set("Idempotent-Replayed", "true");
	} else {
		announce();
	}
	return stored.message;
}
