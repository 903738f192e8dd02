import { type ConstraintError, ForeignKeyError } from "vivace-database";
import type { ExceptionHandler } from "../app/exception-handlers.ts";
import { HTTPException } from "../errors/http-exception.ts";
import { SetupError } from "../errors/setup-error.ts";
import { answered } from "./outage.ts";

/**
 * An exception handler that answers a broken constraint with 409, as `HTTPException` does.
 *
 * @param detail what the client is told, or what gives it; default: a sentence that names nothing of the schema
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
