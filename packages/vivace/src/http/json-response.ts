import { encodeJson } from "../json/encode.ts";
import { Response, type ResponseOptions } from "./response.ts";

/**
 * A response of compact JSON with `Content-Type: application/json`. Dates, maps, sets, bigints and so on are converted as in a value that
 * a handler returns, see {@link jsonCompatible}.
 *
 * @throws TypeError for `undefined` or a function as the whole content, and for a circular reference
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
		super(encodeJson(content), options);
	}
}
