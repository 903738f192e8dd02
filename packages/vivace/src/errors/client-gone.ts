/**
 * The client closed its connection before it had sent its whole request or received the whole response: nobody reads an answer
 * any more, and nothing is wrong with the server.
 */
export class ClientGoneError extends Error {
	override readonly name = "ClientGoneError";

	constructor(
		message = "the client closed the connection before the response was complete",
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
