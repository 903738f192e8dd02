import type { DependencyGraph } from "../inject/graph.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { PathOperation } from "./path-operation.ts";

/** Methods whose requests have no body as a rule (RFC 9110 §9.3.1). */
const withoutBody: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * Tells of lists and objects in the record of a GET: they are read from the body, as in FastAPI, which browsers and most clients can't
 * send. Where a parameter says `Body()` that is meant.
 */
export function warnOfUnsentBodies(
	graphs: ReadonlyMap<PathOperation, DependencyGraph>,
	warn: (line: string) => void,
): void {
	for (const [{ methods, params, endpoint }, { fields }] of graphs) {
		if (!methods.every((method) => withoutBody.has(method))) {
			continue;
		}
		for (const [key, declaration] of Object.entries(params)) {
			const isBody = fields.some(
				(field) => field.schema === declaration && field.source === "body",
			);
			if (isBody && isSchema(declaration)) {
				warn(
					`${endpoint.told}: "${key}" is read from the body, as lists and objects are, and browsers send none with ${methods.join(" or ")}; write Query(…) around its schema, or Body(…) if that is meant`,
				);
			}
		}
	}
}
