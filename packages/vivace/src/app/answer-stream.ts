import { ResponseValidationError } from "../errors/validation-error.ts";
import { type ChunkSource, SourceBody } from "../http/chunk-source.ts";
import { EventSourceResponse } from "../http/event-source-response.ts";
import type { Response } from "../http/response.ts";
import { ServerSentEvent } from "../http/server-sent-event.ts";
import { type ChunkForm, StreamBody } from "../http/source-stream.ts";
import { StreamingResponse } from "../http/streaming-response.ts";
import { isGenerator } from "../inject/generator.ts";
import { answerCompatible } from "../json/compatible.ts";
import { encodeKnownJson, jsonEncoder } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { afterTurn } from "../time/waiting.ts";
import type { AnswerDoubts } from "./answer-doubts.ts";
import type { PickFields } from "./answer-fields.ts";
import type { PathOperation, ResponseClass } from "./path-operation.ts";

/**
 * The closure that answers with what a generator yields: by `responseClass`, and JSON lines where none is set. With a response
 * schema each item is validated by it.
 *
 * @see FastAPI, "Stream JSON Lines" and "Server-Sent Events"
 */
export function streamAnswer(
	operation: PathOperation,
	status: number,
	pick: PickFields | undefined,
	doubts: AnswerDoubts,
): (items: object) => Response {
	const { responseClass, options } = operation;
	const encodeItem = compileItem(operation, pick);
	if (responseClass !== undefined) {
		const encodeItems = compileItems(
			responseClass === EventSourceResponse
				? doubted(encodeItem, doubts.ofEvent)
				: encodeItem,
			responseClass,
		);
		return (items) =>
			readingFrom(
				items,
				new responseClass(encodeItems(items as AnyIterable) as never, {
					status,
				}), // the class checks what it is given
			);
	}
	const isPlain = options.response === undefined;
	const form: ChunkForm<unknown, string> = {
		...lineForm(
			isPlain ? doubted(encodeItem, doubts.ofValue) : encodeItem,
			isPlain ? jsonEncoder() : encodeKnownJson,
		),
		returned: (value) => doubts.ofReturned(value),
	};
	const foreignForm = isPlain ? withoutBytes(form, operation.where) : form;
	return (items) => {
		const source = items as ChunkSource<string>; // the lines take the place of its items
		const response = new StreamingResponse(source, {
			status,
			mediaType: "application/jsonl",
		});
		response.body = new StreamBody(
			items as AnyIterable,
			isGenerator(items) ? form : foreignForm,
		);
		return response;
	};
}

/** With a look at each item before it is encoded, in development. */
function doubted(
	encodeItem: EncodeItem | undefined,
	look: ((item: unknown) => void) | undefined,
): EncodeItem | undefined {
	return look === undefined
		? encodeItem
		: (item) => {
				look(item);
				return encodeItem === undefined ? item : encodeItem(item);
			};
}

/** For streams of the runtime: those of files and other servers give bytes, of which each piece would be a text in JSON. */
function withoutBytes(
	form: ChunkForm<unknown, string>,
	where: string,
): ChunkForm<unknown, string> {
	return {
		...form,
		toChunk(item) {
			if (item instanceof Uint8Array) {
				throw new TypeError(
					`${where}: the handler returned a stream of bytes, which would be sent as lines of JSON; return new StreamingResponse(stream), or a FileResponse.`,
				);
			}
			return form.toChunk(item);
		},
	};
}

/**
 * The answer when its first item is there, or a turn later. Nothing of it has left until then, so that an error is answered as that of a
 * function is. (In FastAPI the head leaves first: the client gets a 200 that is cut.)
 */
export function begunStream(response: Response): Response | Promise<Response> {
	const { body } = response;
	if (!(body instanceof StreamBody)) {
		return response;
	}
	return new Promise((resolve, reject) => {
		const go = () => resolve(response);
		afterTurn(go);
		body.begin().then(go, reject);
	});
}

/** Notes what an answer reads from, behind what encodes it. */
function readingFrom(items: object, response: Response): Response {
	if (response.body instanceof SourceBody) {
		response.body.origin = items as AnyIterable;
	}
	return response;
}

type AnyIterable = ChunkSource<unknown>;

type EncodeItem = (item: unknown) => unknown;

function compileItems(
	encodeItem: EncodeItem | undefined,
	responseClass: ResponseClass,
): (items: AnyIterable) => AnyIterable {
	if (encodeItem === undefined) {
		return (items) => items;
	}
	if (responseClass === EventSourceResponse) {
		const form = { name: "EventSourceResponse", toChunk: encodeItem };
		return (items) => new StreamBody(items, form);
	}
	return async function* encodeItems(items) {
		for await (const item of items) {
			yield await encodeItem(item);
		}
	};
}

/** Makes the function for each item: validates it, drops the fields that are not sent; `undefined` for items that stay as they are. */
function compileItem(
	{ options, where, endpoint }: PathOperation,
	pick: PickFields | undefined,
): EncodeItem | undefined {
	if (options.response === undefined) {
		return (
			pick &&
			withoutEvents((item) => pick(answerCompatible(item ?? null), item))
		);
	}
	const { encode } = compileSchema(options.response);
	const take = (parsed: Parsed, item: unknown): unknown => {
		if (parsed.errors !== undefined) {
			const { errors } = parsed;
			throw new ResponseValidationError(
				errors,
				item,
				where,
				undefined,
				endpoint,
			);
		}
		return pick === undefined ? parsed.value : pick(parsed.value, item);
	};
	return withoutEvents((item) => {
		const parsed = encode(item, ["response"]);
		return parsed instanceof Promise
			? parsed.then((later) => take(later, item))
			: take(parsed, item);
	});
}

/** An event is its author's whole say, as in FastAPI. */
function withoutEvents(encodeItem: EncodeItem): EncodeItem {
	return (item) => (item instanceof ServerSentEvent ? item : encodeItem(item));
}

function lineForm(
	encodeItem: EncodeItem | undefined,
	encode: (item: unknown) => string,
): ChunkForm<unknown, string> {
	const name = "StreamingResponse";
	const toLine = (content: unknown) => `${encode(content ?? null)}\n`;
	if (encodeItem === undefined) {
		return { name, toChunk: toLine };
	}
	return {
		name,
		toChunk(item) {
			const content = encodeItem(item);
			return content instanceof Promise
				? content.then(toLine)
				: toLine(content);
		},
	};
}
