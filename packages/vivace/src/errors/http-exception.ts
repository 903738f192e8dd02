import { assertAnswerStatus, statusRule } from "./answer-status.ts";
import {
	assertArgument,
	assertOptions,
	type OptionRules,
	told,
} from "./options.ts";
import { beginAtProgram, programPlace } from "./program-stack.ts";
import { statusCodes } from "./status-phrase.ts";

/** Options of {@link HTTPException}, in addition to status and detail. */
export interface HTTPExceptionOptions extends ErrorOptions {
	/** Headers of the response, for instance `{ "WWW-Authenticate": "Bearer" }`. Default: none. */
	readonly headers?: Readonly<Record<string, string>>;
}

const rules: OptionRules<HTTPExceptionOptions> = {
	headers: "record",
	cause: "any",
};

/**
 * An error that becomes a response. You can throw it in any code that a route calls. The response has `status`, `headers` and the JSON
 * body `{"detail": detail}`.
 *
 * @throws RangeError when `status` is not a whole number from 200 to 599
 * @see FastAPI, "Handling Errors"
 */
export class HTTPException extends Error {
	override readonly name: string = "HTTPException";
	readonly status: number;
	/** Any JSON value but null; by default, and for null, the reason phrase of the status (RFC 9110 §15), for instance `"Not Found"`. */
	readonly detail: unknown;
	readonly headers: Readonly<Record<string, string>> | undefined;

	constructor(
		status: number,
		detail?: unknown,
		options?: HTTPExceptionOptions,
	) {
		const told = detail ?? statusCodes[status] ?? "";
		super(
			typeof told === "string" ? told : `HTTP ${status}`,
			options?.cause === undefined ? undefined : { cause: options.cause },
		);
		if (typeof status !== "number") {
			throw beginAtProgram(new RangeError(wrongOrder(status, detail)));
		}
		assertAnswerStatus("an HTTPException", status);
		tellDoubled(detail);
		if (typeof detail === "function" || typeof detail === "symbol") {
			assertArgument("HTTPException", "detail", detail, () => "a JSON value");
		}
		if (options !== undefined) {
			assertOptions("HTTPException", options, rules);
		}
		this.status = status;
		this.detail = told;
		this.headers = options?.headers;
	}
}

let isDoubleTold = false;

/** Tells, in development, of a record where FastAPI's keyword would stand: its answer is `{"detail": {"detail": …}}`. */
function tellDoubled(detail: unknown): void {
	if (
		isDoubleTold ||
		typeof detail !== "object" ||
		detail === null ||
		globalThis.process?.env.NODE_ENV !== "development"
	) {
		return;
	}
	const [name, ...others] = Object.keys(detail);
	if (name === "detail" && others.length === 0) {
		isDoubleTold = true;
		const place = programPlace(beginAtProgram(new Error())) ?? "HTTPException";
		console.warn(
			`${place}: the detail of an HTTPException is a record with a detail, so that the answer is {"detail": {"detail": …}}; write new HTTPException(404, "Not found")`,
		);
	}
}

function wrongOrder(status: unknown, detail: unknown): string {
	const remedy =
		typeof detail === "number"
			? `; it is the other way round: new HTTPException(${detail}, ${told(status)})`
			: '; write new HTTPException(404, "Not found")';
	return `The status of an HTTPException ${statusRule(status)}${remedy}.`;
}

/** The error for a returned exception: it would be sent as a value, and a guard that returns its refusal would let everybody pass. */
export function returnedException(who: string, error: Error): TypeError {
	const kind = error instanceof HTTPException ? "HTTPException" : error.name;
	const article = /^[AEIO]|^HTTP/i.test(kind) ? "an" : "a";
	return new TypeError(`${who} returned ${article} ${kind}; throw it.`, {
		cause: error,
	});
}
