import { ResponseValidationError } from "../errors/validation-error.ts";
import type { ChunkSource } from "../http/chunk-source.ts";
import type { Response } from "../http/response.ts";
import { ServerSentEvent } from "../http/server-sent-event.ts";
import { StreamingResponse } from "../http/streaming-response.ts";
import { encodeJson, encodeKnownJson } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
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
): (items: object) => Response {
	const { responseClass } = operation;
	const encodeItems = compileItems(operation);
	if (responseClass !== undefined) {
		return (items) =>
			new responseClass(encodeItems(items as AnyIterable) as never, { status }); // the class checks what it is given
	}
	const encode =
		operation.options.response === undefined ? encodeJson : encodeKnownJson;
	return (items) =>
		new StreamingResponse(
			jsonLines(encodeItems(items as AnyIterable), encode),
			{
				status,
				mediaType: "application/jsonl",
			},
		);
}

type AnyIterable = ChunkSource<unknown>;

function compileItems(
	operation: PathOperation,
): (items: AnyIterable) => AnyIterable {
	const { options, where } = operation;
	if (options.response === undefined) {
		return (items) => items;
	}
	const { encode } = compileSchema(options.response);
	return async function* encodeItems(items) {
		for await (const item of items) {
			if (item instanceof ServerSentEvent) {
				yield item;
				continue;
			}
			const parsed = await encode(item, ["response"]);
			if (parsed.errors !== undefined) {
				throw new ResponseValidationError(parsed.errors, item, where);
			}
			yield parsed.value;
		}
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
