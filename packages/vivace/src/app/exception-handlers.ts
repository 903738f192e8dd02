import { isAnswerStatus, statusRule } from "../errors/answer-status.ts";
import { HTTPException } from "../errors/http-exception.ts";
import { assertArgument, told } from "../errors/options.ts";
import { programPlace } from "../errors/program-stack.ts";
import { SetupError } from "../errors/setup-error.ts";
import { RequestValidationError } from "../errors/validation-error.ts";
import { isBodyAllowed } from "../http/answer-framing.ts";
import { JSONResponse } from "../http/json-response.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import type { WebSocket } from "../websocket/web-socket.ts";
import { assertForm, exceptionHandlerForm } from "./function-form.ts";

/** A class of errors. */
export type ErrorClass<Thrown = unknown> = abstract new (
	// biome-ignore lint/suspicious/noExplicitAny: the constructor's parameters do not matter, only its instances
	...args: any[]
) => Thrown;

/**
 * Answers an error. Where that ends a socket it gets the socket too, which it may close with a code of its own: then it need not return
 * a response, which can be sent as long as the socket has not been accepted.
 */
export type ExceptionHandler<Thrown = unknown> = (
	request: Request,
	error: Thrown,
	socket?: WebSocket,
) => ErrorAnswer | Promise<ErrorAnswer>;

type ErrorAnswer = Response | globalThis.Response | undefined;

/** An {@link ExceptionHandler} whose function says what it returns: one without a `return` has the type `void`, which is a forgotten answer. */
export type AnsweringHandler<Thrown, Answer> = (
	request: Request,
	error: Thrown,
	socket?: WebSocket,
) => Answer &
	(Answer extends ErrorAnswer | Promise<ErrorAnswer>
		? unknown
		: ErrorAnswer | Promise<ErrorAnswer>);

/**
 * Which function answers which error: by status for an `HTTPException`, else by the nearest class. The two that FastAPI has by
 * default are there from the start.
 *
 * @see FastAPI, "Handling Errors"
 */
export class ExceptionHandlers {
	readonly #byStatus = new Map<number, ExceptionHandler>();
	readonly #byClass = new Map<ErrorClass, ExceptionHandler>([
		[HTTPException, httpExceptionHandler as ExceptionHandler],
		[RequestValidationError, requestValidationHandler as ExceptionHandler],
	]);
	/** The places at which the program has given them. */
	readonly #places = new Map<ErrorClass | number, string>();
	readonly #replacements: string[] = [];

	/** @throws SetupError `VIV_OPTION` when `key` is neither a class nor a status */
	set(key: ErrorClass | number, handler: ExceptionHandler): void {
		if (typeof handler !== "function") {
			throw new SetupError(
				"VIV_OPTION",
				`exceptionHandler(): expected a function (request, error) => response, got ${typeof handler}.`,
			);
		}
		assertForm(
			"exceptionHandler(): the function",
			handler,
			exceptionHandlerForm,
		);
		if (typeof key === "number") {
			assertKeyStatus(key);
			this.#note(key, this.#byStatus.get(key), handler);
			this.#byStatus.set(key, handler);
		} else if (typeof key === "function" && "prototype" in key) {
			this.#note(key, this.#byClass.get(key), handler);
			this.#byClass.set(key, handler);
		} else {
			throw new SetupError(
				"VIV_OPTION",
				`exceptionHandler(): expected an error class or a status code before the function, got ${told(key)}.`,
			);
		}
	}

	/** How messages name a handler: `that for 404 (app.ts:12)`. */
	told(handler: ExceptionHandler): string {
		for (const given of [this.#byStatus, this.#byClass]) {
			for (const [key, each] of given) {
				if (each === handler) {
					const name = typeof key === "number" ? key : key.name;
					const place = this.#places.get(key);
					return `that for ${name}${place === undefined ? "" : ` (${place})`}`;
				}
			}
		}
		return "one"; // not of these
	}

	/** Tells of handlers that another one has replaced: the last counts, as in FastAPI. */
	warnOfReplaced(warn: (line: string) => void): void {
		for (const line of this.#replacements) {
			warn(line);
		}
	}

	#note(
		key: ErrorClass | number,
		earlier: ExceptionHandler | undefined,
		handler: ExceptionHandler,
	): void {
		const before = this.#places.get(key);
		const place = programPlace(new Error()) ?? "a place that is not known";
		this.#places.set(key, place);
		if (before !== undefined && earlier !== handler) {
			const name = typeof key === "number" ? key : key.name;
			this.#replacements.push(
				`exceptionHandler(${name}, …) is given twice: the one at ${place} replaces that at ${before}; take one of them away`,
			);
		}
	}

	/** The handler of an error that is not unexpected. */
	find(error: unknown): ExceptionHandler | undefined {
		// that of 500 is for what is unexpected: as in Starlette an HTTPException is not, whatever its status
		if (error instanceof HTTPException && error.status !== 500) {
			const handler = this.#byStatus.get(error.status);
			if (handler !== undefined) {
				return handler;
			}
		}
		return this.#nearest(error, (type) => type !== Error && type !== Object);
	}

	/** The handler of whatever nothing else answers: that of `Error` or 500. */
	get lastResort(): ExceptionHandler | undefined {
		return this.#byStatus.get(500) ?? this.#byClass.get(Error);
	}

	#nearest(
		error: unknown,
		isWanted: (type: unknown) => boolean,
	): ExceptionHandler | undefined {
		if (error === null || typeof error !== "object") {
			return undefined;
		}
		for (
			let prototype: unknown = Object.getPrototypeOf(error);
			prototype !== null;
			prototype = Object.getPrototypeOf(prototype)
		) {
			const type = (prototype as object).constructor as unknown as ErrorClass; // every prototype has its class
			const handler = isWanted(type) ? this.#byClass.get(type) : undefined;
			if (handler !== undefined) {
				return handler;
			}
		}
		return undefined;
	}
}

function assertKeyStatus(status: number): void {
	if (!isAnswerStatus(status)) {
		throw new SetupError(
			"VIV_OPTION",
			`exceptionHandler(): a status ${statusRule(status)}.`,
		);
	}
}

/** True for a handler whose response is made anew at each call, and is nobody else's. */
export function isBuiltIn(handler: unknown): boolean {
	return (
		handler === httpExceptionHandler || handler === requestValidationHandler
	);
}

/** FastAPI's answer to an `HTTPException`: its status and headers, `{"detail": …}`. */
export function httpExceptionHandler(
	_request: Request,
	error: HTTPException,
): Response {
	assertArgument("httpExceptionHandler()", "error", error, (value) =>
		isAnswerStatus(Object(value).status) ? undefined : "an HTTPException",
	);
	const options = {
		status: error.status,
		...(error.headers && { headers: error.headers }),
	};
	return !isBodyAllowed(error.status)
		? new Response(null, options)
		: new JSONResponse({ detail: error.detail }, options);
}

/** FastAPI's answer to a request that does not fit its declaration: 422 and every problem at once. */
export function requestValidationHandler(
	_request: Request,
	error: RequestValidationError,
): Response {
	assertArgument("requestValidationHandler()", "error", error, (value) =>
		Array.isArray(Object(value).errors)
			? undefined
			: "a RequestValidationError",
	);
	return new JSONResponse({ detail: error.errors }, { status: 422 });
}
