import { Response, type ResponseOptions } from "./response.ts";

/** An answer of HTML: `Content-Type: text/html; charset=utf-8`. @see FastAPI, "Custom Response" */
export class HTMLResponse extends Response {
	static override readonly mediaType: string = "text/html";

	constructor(
		content: string | Uint8Array | null = null,
		options?: ResponseOptions,
	) {
		super(content, options);
	}
}
