import { assertArgument } from "../errors/options.ts";
import { uniqueIdOf } from "../openapi/operation-name.ts";
import type { OperationIdentity } from "./path-operation.ts";

/**
 * A `generateUniqueId` for documents that clients are generated from: the path operation's name alone, `list_messages`, where FastAPI's is
 * `list_messages_conversations__conversation_id__messages_get`. A handler for several methods has each method's name behind it, one
 * without a name gets FastAPI's id. Two path operations of one name have one id, which the document's warning names: give one of them
 * a `name` or an `operationId`.
 *
 * @example
 * ```ts
 * import { App, shortUniqueId } from "vivace";
 *
 * const app = new App({ generateUniqueId: shortUniqueId });
 * app.get("/items", function list_items() {
 * 	return [];
 * });
 * console.log(app.openapi().paths["/items"]); // operationId: "list_items"
 * ```
 * @see FastAPI, "Generating SDKs": custom generate unique ID function
 */
export function shortUniqueId(operation: OperationIdentity): string {
	assertArgument("shortUniqueId()", "operation", operation, (value) =>
		Array.isArray(Object(value).methods)
			? undefined
			: "a path operation (hand it over uncalled: { generateUniqueId: shortUniqueId })",
	);
	const { name, path, method, methods } = operation;
	if (name === "") {
		return uniqueIdOf({ name, path, method });
	}
	return methods.length > 1 ? `${name}_${method.toLowerCase()}` : name;
}
