import { isAnswerStatus, statusRule } from "../errors/answer-status.ts";
import { returnedException } from "../errors/http-exception.ts";
import { SetupError } from "../errors/setup-error.ts";
import {
	type ErrorDetail,
	ResponseValidationError,
} from "../errors/validation-error.ts";
import { isBodyAllowed } from "../http/answer-framing.ts";
import { ownResponse } from "../http/complete-answer.ts";
import { FileResponse } from "../http/file-response.ts";
import { HTMLResponse } from "../http/html-response.ts";
import { JSONResponse } from "../http/json-response.ts";
import { PlainTextResponse } from "../http/plain-text-response.ts";
import { RedirectResponse } from "../http/redirect-response.ts";
import { Response } from "../http/response.ts";
import { fromWebResponse, isWebResponse } from "../http/web-response.ts";
import { isGenerator, isGeneratorFunction } from "../inject/generator.ts";
import type { Run } from "../inject/run.ts";
import { answerCompatible } from "../json/compatible.ts";
import { encodeKnownJson, jsonEncoder } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { isSchema } from "../schema/standard-schema.ts";
import { AnswerDoubts } from "./answer-doubts.ts";
import { compileFields, type PickFields } from "./answer-fields.ts";
import { begunStream, streamAnswer } from "./answer-stream.ts";
import { operationStatus, type PathOperation } from "./path-operation.ts";

/** Makes the response of what a handler returned; a promise only where the response schema is asynchronous. */
export type Answer = (
	result: unknown,
	scope: Run | undefined,
) => Response | Promise<Response>;

/** @throws SetupError `VIV_RESPONSE` or `VIV_SCHEMA` when what a path operation says of its answer can't be, or can't go together */
export function assertAnswer(operation: PathOperation): void {
	const { where, options } = operation;
	const status = operationStatus(operation);
	if (!isAnswerStatus(status)) {
		throw new SetupError(
			"VIV_RESPONSE",
			`${where}: status ${statusRule(status)}.`,
		);
	}
	if (options.response !== undefined && !isBodyAllowed(status)) {
		throw new SetupError(
			"VIV_RESPONSE",
			`${where}: a ${status} answer has no body, so it can't have a response schema; leave one of them out.`,
		);
	}
	if (options.response !== undefined && !isSchema(options.response)) {
		throw new SetupError(
			"VIV_SCHEMA",
			`${where}: response is no schema; give it one, such as z.object({ … }).`,
		);
	}
	const { handler, responseClass } = operation;
	if (wholeClasses.has(responseClass) && isGeneratorFunction(handler)) {
		throw new SetupError(
			"VIV_RESPONSE",
			`${where}: the handler is a generator, but ${responseClass?.name} sends one value; take StreamingResponse or EventSourceResponse, or leave responseClass out for JSON lines.`,
		);
	}
}

/** The classes that have no use for what a generator yields. */
const wholeClasses: ReadonlySet<unknown> = new Set([
	JSONResponse,
	HTMLResponse,
	PlainTextResponse,
	RedirectResponse,
	FileResponse,
]);

/**
 * The closure that answers for a path operation.
 *
 * @param warn told once of a value that can't be sent, because the status has no body
 * @throws SetupError `VIV_RESPONSE` when its options can't go together
 */
export function compileAnswer(
	operation: PathOperation,
	warn: (line: string) => void,
): Answer {
	const status = operationStatus(operation);
	const pick = compileFields(operation);
	const doubts = new AnswerDoubts(operation, status, warn);
	const merge: Merge = (response, scope) => merged(response, scope, doubts);
	const toResponse = compileResponse(operation, status, merge, warn);
	const answerValue = compileValue(operation, pick, doubts, toResponse);
	const answerStream = streamAnswer(operation, status, pick, doubts);
	return (result, scope) => {
		if (result !== null && typeof result === "object") {
			if (result instanceof Response) {
				doubts.ofOwn(scope?.parameterResponse, result);
				return ownResponse(result);
			}
			if (Symbol.asyncIterator in result || Symbol.toStringTag in result) {
				if (isWebResponse(result)) {
					doubts.ofOwn(scope?.parameterResponse, result);
					doubts.ofWeb?.(result);
					return fromWebResponse(result);
				}
				if (Symbol.asyncIterator in result || isGenerator(result)) {
					return begunStream(merge(answerStream(result), scope));
				}
			}
			if (result instanceof Error) {
				throw returnedException(`${operation.where}: the handler`, result);
			}
		} else if (result === undefined) {
			doubts.ofNothing(scope?.parameterResponse);
		}
		return answerValue(result, scope);
	};
}

/** Answers with a value. */
function compileValue(
	operation: PathOperation,
	pick: PickFields | undefined,
	doubts: AnswerDoubts,
	toResponse: (content: unknown, scope: Run | undefined) => Response,
): Answer {
	const isAsItIs =
		operation.options.response === undefined &&
		pick === undefined &&
		isJsonClass(operation);
	if (isAsItIs && doubts.ofValue === undefined) {
		return toResponse; // three calls less
	}
	const toContent = doubted(compileContent(operation, pick), operation, doubts);
	return (result, scope) => {
		const content = toContent(result);
		return content instanceof Promise
			? content.then((made) => toResponse(made, scope))
			: toResponse(content, scope);
	};
}

/** In development a value that no schema describes is looked through before: JSON loses some without a word. */
function doubted(
	toContent: ReturnType<typeof compileContent>,
	operation: PathOperation,
	{ ofValue }: AnswerDoubts,
): ReturnType<typeof compileContent> {
	if (
		ofValue === undefined ||
		operation.options.response !== undefined ||
		!isJsonClass(operation)
	) {
		return toContent;
	}
	return (result) => {
		ofValue(result);
		return toContent(result);
	};
}

/** From the handler's result to what is JSON: validated and filtered by the response schema, if there is one. */
function compileContent(
	operation: PathOperation,
	pick: PickFields | undefined,
): (result: unknown) => unknown | Promise<unknown> {
	const { options } = operation;
	if (options.response === undefined) {
		if (pick !== undefined) {
			return (result) => pick(answerCompatible(result ?? null), result);
		}
		// the encoder of a JSON response makes of it what must be made
		return isJsonClass(operation)
			? (result) => result ?? null
			: (result) => answerCompatible(result ?? null);
	}
	const { encode } = compileSchema(options.response);
	const location = ["response"];
	const take = (parsed: Parsed, result: unknown): unknown => {
		if (parsed.errors !== undefined) {
			throw refused(parsed.errors, result, operation);
		}
		const content = parsed.value ?? null;
		return pick === undefined ? content : pick(content, result);
	};
	return (result) => {
		const parsed = encode(result, location);
		if (parsed instanceof Promise) {
			return parsed.then((later) => take(later, result));
		}
		return pick === undefined && parsed.errors === undefined
			? (parsed.value ?? null)
			: take(parsed, result);
	};
}

function refused(
	errors: readonly ErrorDetail[],
	result: unknown,
	{ where, endpoint }: PathOperation,
): ResponseValidationError {
	const which = result === undefined ? ", which returned nothing" : "";
	const of = where + which;
	return new ResponseValidationError(errors, result, of, undefined, endpoint);
}

function compileResponse(
	operation: PathOperation,
	status: number,
	merge: Merge,
	warn: (line: string) => void,
): (content: unknown, scope: Run | undefined) => Response {
	const toResponse = compileBody(operation, status, merge);
	if (isBodyAllowed(status)) {
		return toResponse;
	}
	// as in FastAPI, an answer without a body says what it would be
	const { mediaType } = operation.responseClass ?? JSONResponse;
	const typed = mediaType === null ? { status } : { status, mediaType };
	let isTold = false;
	return (content, scope) => {
		const parameter = scope?.parameterResponse;
		if (parameter !== undefined && isBodyAllowed(parameter.status)) {
			return toResponse(content, scope); // the handler has answered with another status than the route's
		}
		if ((content ?? null) !== null && !isTold) {
			isTold = true;
			warn(
				`${operation.where}: the handler returned a value, but a ${status} answer has no body; return nothing, or give the path operation another status`,
			);
		}
		return merge(new Response(null, typed), scope);
	};
}

function compileBody(
	operation: PathOperation,
	status: number,
	merge: Merge,
): (content: unknown, scope: Run | undefined) => Response {
	const { responseClass, options } = operation;
	if (responseClass === undefined || isJsonClass(operation)) {
		const encode =
			options.response === undefined ? jsonEncoder() : encodeKnownJson;
		return (content, scope) => {
			const text = encode(content ?? null);
			const response = new Response(text, undefined, jsonType);
			response.status = status;
			return scope?.parameterResponse === undefined
				? response
				: merge(response, scope);
		};
	}
	return (content, scope) =>
		merge(new responseClass(content as never, { status }), scope); // the class checks what it is given
}

const jsonType = JSONResponse.mediaType;

function isJsonClass({ responseClass }: PathOperation): boolean {
	return responseClass === undefined || responseClass === JSONResponse;
}

/** {@link merged} for one path operation. */
type Merge = (response: Response, scope: Run | undefined) => Response;

/** Adds what a function has set on the `Response` that it asked for to the response that leaves. */
function merged(
	response: Response,
	scope: Run | undefined,
	doubts: AnswerDoubts,
): Response {
	const parameter = scope?.parameterResponse;
	if (parameter === undefined) {
		return response;
	}
	response.status = parameter.status;
	if (!isBodyAllowed(parameter.status)) {
		response.body = null;
	}
	response.background ??= parameter.background;
	response.headers.lines.push(...parameter.headers.lines);
	doubts.ofParameter(parameter);
	return response;
}
