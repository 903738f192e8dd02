import { toJsonText } from "../json/json-text.ts";
import { Response, type ResponseOptions } from "./response.ts";

/**
 * An answer of compact JSON with `Content-Type: application/json`.
 *
 * @throws TypeError that names the place in `content` that is not JSON, see {@link toJsonText}
 * @example
 * ```ts
 * import { JSONResponse } from "vivace";
 *
 * const answer = new JSONResponse({ id: 7 }, { status: 201 });
 * ```
 * @see FastAPI, "Return a Response Directly"
 */
export class JSONResponse extends Response {
	static override readonly mediaType: string = "application/json";

	constructor(content: unknown, options?: ResponseOptions) {
		super(toJsonText(content), options);
	}
}

/** An answer whose body is JSON text already: the short way for a compiled path operation. */
export function jsonResponse(text: string, status: number): Response {
	const response = new Response(text);
	response.status = status;
	response.headers.lines.push("content-type", "application/json");
	return response;
}
