/** Where an app writes what its operators should know; `console` is one. */
export interface Logger {
	/** Something that should not have happened: a sentence, then the error. */
	error(message: string, error?: unknown): void;
	warn(message: string, error?: unknown): void;
	info(message: string): void;
}
