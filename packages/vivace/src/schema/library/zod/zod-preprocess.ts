import type { Conversion } from "../../shape/scalar-conversions.ts";
import type { Shape } from "../../shape/shape.ts";
import { shapeFromJsonSchema } from "../../shape/shape-reader.ts";
import { noteGiven, type PreprocessedIssue } from "../preprocessed-issue.ts";
import type { ZodPayload, ZodSchema } from "./zod-internals.ts";
import { readZod } from "./zod-reader.ts";

/**
 * Makes a schema convert a value before it validates it, as Pydantic converts what a `BeforeValidator` gives. Its issues say what they
 * are about: nobody else knows what the function has made.
 *
 * @param original what `copy` is a copy of
 */
export function convertFirst(
	copy: ZodSchema,
	original: ZodSchema,
	convertsTo: (shape: Shape) => Conversion,
): void {
	const parser: { run: ZodSchema["_zod"]["run"] } = copy._zod;
	const { run } = parser;
	let convert: Conversion | undefined;
	parser.run = (payload, context) => {
		if ((context as { direction?: string }).direction === "backward") {
			return run(payload, context);
		}
		convert ??= convertsTo(
			shapeFromJsonSchema(readZod(original, "input").raw, true),
		);
		const given = payload.value;
		const before = payload.issues.length;
		payload.value = convert(given);
		const result = run(payload, context);
		return result instanceof Promise
			? result.then((settled) => told(settled, before, given))
			: told(result, before, given);
	};
}

function told(payload: ZodPayload, before: number, value: unknown): ZodPayload {
	noteGiven(payload.issues.slice(before) as PreprocessedIssue[], value);
	return payload;
}
