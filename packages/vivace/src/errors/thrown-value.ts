/**
 * How a log line tells a value that nobody has answered; the value itself follows. What is no Error says neither its name nor where it
 * was thrown. By the stack, for an error may be of another realm.
 *
 * @param words those for an error
 */
export function unansweredText(thrown: unknown, words: string): string {
	const { stack } = (thrown ?? {}) as { readonly stack?: unknown };
	return typeof stack === "string"
		? words
		: "unhandled, and no Error, so that it has no stack (throw an Error instead):";
}
