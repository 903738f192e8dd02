import { assertArgument } from "../errors/options.ts";
import { type AnyChunkSource, isSourceOrMaker } from "./chunk-source.ts";
import { Response, type ResponseOptions } from "./response.ts";
import { StreamBody } from "./source-stream.ts";

/**
 * A response that is sent in chunks. The next chunk is requested when the client has taken the previous one. If the client disconnects,
 * the iteration ends (a generator's `finally` runs). A generator or a stream can be sent once. For a response that is returned again,
 * pass a function, which is called for each response.
 *
 * @throws SetupError `VIV_OPTION` when `content` can't be iterated, or is a single string or bytes
 * @example
 * ```ts
 * import { StreamingResponse } from "vivace";
 *
 * async function* countdown() {
 *   for (let count = 3; count > 0; count--) yield `${count}\n`;
 * }
 * const answer = new StreamingResponse(countdown(), { mediaType: "text/plain" });
 * ```
 * @see FastAPI, "Stream Data"
 */
export class StreamingResponse extends Response {
	constructor(
		content: AnyChunkSource<string | Uint8Array>,
		options?: ResponseOptions,
	) {
		const name = new.target.name || "StreamingResponse";
		assertArgument(name, "content", content, (value) =>
			isSourceOrMaker(value)
				? undefined
				: "an iterable, an async iterable or a ReadableStream of strings and bytes, or a function that makes one (for one piece use Response)",
		);
		super(new StreamBody(content, { name, toChunk: checkedChunk }), options);
	}
}

function checkedChunk(value: string | Uint8Array): string | Uint8Array {
	if (!isChunk(value)) {
		throw new TypeError(
			`A StreamingResponse sends strings and bytes (Uint8Array), but its source gave ${typeof value}.`,
		);
	}
	return value;
}

function isChunk(value: unknown): boolean {
	return typeof value === "string" || value instanceof Uint8Array;
}
