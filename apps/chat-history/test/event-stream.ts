/** A server-sent event by its fields. */
export interface StreamEvent {
	readonly event?: string;
	readonly id?: string;
	readonly data?: string;
}

/** The events of a response, as they come. */
export async function* eventsOf(
	response: Response,
): AsyncGenerator<StreamEvent, void, undefined> {
	const decoder = new TextDecoder();
	let text = "";
	for await (const chunk of response.body ?? []) {
		text += decoder.decode(chunk, { stream: true });
		const parts = text.split("\n\n");
		text = parts.pop() ?? "";
		for (const part of parts) {
			if (!part.startsWith(":")) {
				yield fieldsOf(part);
			}
		}
	}
}

function fieldsOf(block: string): StreamEvent {
	return Object.fromEntries(
		block.split("\n").map((line) => {
			const colon = line.indexOf(": ");
			return [line.slice(0, colon), line.slice(colon + 2)];
		}),
	);
}
