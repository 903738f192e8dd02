import type { Response } from "vivace";
import type { MessageStore, NewMessage } from "../storage/message-store.ts";

/** Stores a message, once if it comes with a key, and gives its id; the response says when it was there already. */
export async function storeMessage(
	messages: MessageStore,
	message: NewMessage,
	idempotencyKey: string | undefined,
	response: Response,
): Promise<number> {
	if (idempotencyKey === undefined) {
		return messages.store(message);
	}
	const { id, isReplay } = await messages.storeOnce(message, idempotencyKey);
	if (isReplay) {
		response.headers.set("Idempotent-Replayed", "true");
	}
	return id;
}
