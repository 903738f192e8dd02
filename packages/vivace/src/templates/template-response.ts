import { HTMLResponse } from "../http/html-response.ts";
import type { ResponseOptions } from "../http/response.ts";

/** A response that a template has made: HTML, unless its options say another media type. */
export class TemplateResponse<
	Context extends object = Readonly<Record<string, unknown>>,
> extends HTMLResponse {
	/** The template's name, for tests and middleware. */
	readonly template: string;
	/** The values of the template: those that it was given, `request`, `urlFor` and those that context processors have added. */
	readonly context: Context;

	constructor(
		text: string,
		template: string,
		context: Context,
		options?: ResponseOptions,
	) {
		super(text, options);
		this.template = template;
		this.context = context;
	}
}
