import { ResponseValidationError } from "../errors/validation-error.ts";
import { type ChunkSource, SourceBody } from "../http/chunk-source.ts";
import type { Response } from "../http/response.ts";
import { ServerSentEvent } from "../http/server-sent-event.ts";
import { StreamingResponse } from "../http/streaming-response.ts";
import { jsonCompatible } from "../json/compatible.ts";
import { encodeKnownJson, jsonEncoder } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { PickFields } from "./answer-fields.ts";
import type { PathOperation } from "./path-operation.ts";

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
): (items: object) => Response {
	const { responseClass } = operation;
	const encodeItems = compileItems(operation, pick);
	if (responseClass !== undefined) {
		return (items) =>
			readingFrom(
				items,
				new responseClass(encodeItems(items as AnyIterable) as never, {
					status,
				}), // the class checks what it is given
			);
	}
	const encode =
		operation.options.response === undefined ? jsonEncoder() : encodeKnownJson;
	return (items) =>
		readingFrom(
			items,
			new StreamingResponse(
				jsonLines(encodeItems(items as AnyIterable), encode),
				{
					status,
					mediaType: "application/jsonl",
				},
			),
		);
}

/** Notes what an answer reads from, behind what encodes it. */
function readingFrom(items: object, response: Response): Response {
	if (response.body instanceof SourceBody) {
		response.body.origin = items as AnyIterable;
	}
	return response;
}

type AnyIterable = ChunkSource<unknown>;

function compileItems(
	operation: PathOperation,
	pick: PickFields | undefined,
): (items: AnyIterable) => AnyIterable {
	const encodeItem = compileItem(operation, pick);
	if (encodeItem === undefined) {
		return (items) => items;
	}
	return async function* encodeItems(items) {
		for await (const item of items) {
			// an event is its author's whole say, as in FastAPI
			yield item instanceof ServerSentEvent ? item : await encodeItem(item);
		}
	};
}

/** Makes the function for each item: validates it, drops the fields that are not sent; `undefined` for items that stay as they are. */
function compileItem(
	{ options, where, endpoint }: PathOperation,
	pick: PickFields | undefined,
): ((item: unknown) => unknown) | undefined {
	if (options.response === undefined) {
		return pick && ((item) => pick(jsonCompatible(item ?? null), item));
	}
	const { encode } = compileSchema(options.response);
	return async (item) => {
		const parsed = await encode(item, ["response"]);
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
}

async function* jsonLines(
	items: AnyIterable,
	encode: (item: unknown) => string,
): AsyncGenerator<string, void, void> {
	for await (const item of items) {
		yield `${encode(item ?? null)}\n`;
	}
}
