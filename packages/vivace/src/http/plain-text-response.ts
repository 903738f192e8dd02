import { Response, type ResponseOptions } from "./response.ts";

/** An answer of plain text: `Content-Type: text/plain; charset=utf-8`. @see FastAPI, "Custom Response" */
export class PlainTextResponse extends Response {
	static override readonly mediaType: string = "text/plain";

	constructor(
		content: string | Uint8Array | null = null,
		options?: ResponseOptions,
	) {
		super(content, options);
	}
}
