import { BuiltInSchema } from "./built-in-schema.ts";

/**
 * The schema of what an `HTTPException` with a text (or without one) is answered with, `{ "detail": "Item not found" }`: for `responses`
 * of routes, routers and apps. In the document it is the model `HTTPException`. A detail that is no text needs a schema of your own.
 *
 * @example
 * ```ts
 * import { App, HTTPException, HTTPExceptionBody } from "vivace";
 *
 * const app = new App();
 * app.get(
 * 	{ path: "/items/{item_id}", responses: { 404: { schema: HTTPExceptionBody } } },
 * 	function read_item() {
 * 		throw new HTTPException(404, "Item not found");
 * 	},
 * );
 * ```
 * @see FastAPI, "Additional Responses in OpenAPI"
 */
export const HTTPExceptionBody: BuiltInSchema<{ readonly detail: string }> =
	new BuiltInSchema({
		kind: "object",
		fields: { detail: new BuiltInSchema({ kind: "text", options: {} }) },
		options: { name: () => "HTTPException" },
	});
