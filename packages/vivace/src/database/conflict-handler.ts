import { type ConstraintError, ForeignKeyError } from "vivace-database";
import type { ExceptionHandler } from "../app/exception-handlers.ts";
import { HTTPException } from "../errors/http-exception.ts";
import { SetupError } from "../errors/setup-error.ts";
import { answered } from "./outage.ts";

/**
 * An exception handler that turns a constraint error into a 409, with the body of an `HTTPException`.
 *
 * @param detail the message for the client, or a function that returns it; default: a sentence without details of the schema
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { conflictHandler, DuplicateKeyError } from "vivace/database";
 *
 * const app = new App();
 * app.exceptionHandler(DuplicateKeyError, conflictHandler());
 * ```
 * @see RFC 9110 §15.5.10 (409)
 */
export function conflictHandler(
	detail: string | ((error: ConstraintError) => unknown) = sentence,
): ExceptionHandler<ConstraintError> {
	if (typeof detail !== "string" && typeof detail !== "function") {
		throw new SetupError(
			"VIV_OPTION",
			`conflictHandler(): expected a text or a function that gives what the client is told, got ${typeof detail}.`,
		);
	}
	return (request, error) => {
		const text = typeof detail === "function" ? detail(error) : detail;
		return answered(request, new HTTPException(409, text, { cause: error }));
	};
}

function sentence(error: ConstraintError): string {
	return error instanceof ForeignKeyError
		? "It names something that is not there, or something else still names it."
		: "There is one like it already.";
}
