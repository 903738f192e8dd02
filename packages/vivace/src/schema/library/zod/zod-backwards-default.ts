import type { ZodSchema } from "./zod-internals.ts";

type Parse = ZodSchema["_zod"]["parse"];

/**
 * Makes a schema with a default give it where it is run backwards and the value is absent, as it does forwards: an answer has all fields
 * of its model, also those of a model with codecs. Zod runs the schema behind it with what is not there.
 */
export function fillBackwards(schema: ZodSchema): void {
	const parser: { parse: Parse; run: Parse } = schema._zod;
	const { def } = schema._zod;
	const { parse: original } = parser;
	const parse: Parse = (payload, context) => {
		const isBackward =
			(context as { direction?: string }).direction === "backward";
		if (!isBackward || payload.value !== undefined) {
			return original(payload, context);
		}
		payload.value = def.defaultValue;
		// a value before the schema is as it is received already
		return def.type === "prefault" ? payload : original(payload, context);
	};
	parser.parse = parse;
	if (parser.run === original) {
		parser.run = parse;
	}
}

/** A schema that gives a value for what is absent. */
export function fillsAbsent(schema: ZodSchema): boolean {
	const { type } = schema._zod.def;
	return type === "default" || type === "prefault";
}
