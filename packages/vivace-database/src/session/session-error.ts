/** A statement was given to a session that is over: a mistake in the program. */
export class SessionEndedError extends Error {
	override readonly name = "SessionEndedError";

	/** @param how how it ended: `committed` or `rolled back` */
	constructor(how: string) {
		super(
			`the database session is ${how}: what owned it (a request, a unit of work, a nested() call) has ended. Await what uses it ` +
				"before that; what comes later, a streamed body or a background task, works outside of it or in withSession().",
		);
	}
}
