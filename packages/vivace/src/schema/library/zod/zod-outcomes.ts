import { RunMemory } from "../../shape/run-memory.ts";
import type { ZodPayload, ZodSchema } from "./zod-internals.ts";

type Parse = ZodSchema["_zod"]["parse"];

interface ZodParser {
	parse: Parse;
	run: Parse;
}

const outcomes = new RunMemory<ZodPayload | Promise<ZodPayload>>();

/**
 * Makes a schema parse by another function, which sees each value once for as long as one validation lasts: where a schema contains
 * itself in several parts, every level would double the work. Encoding goes on as it was.
 */
export function parseOnce(
	schema: ZodSchema,
	makeParse: (original: Parse) => Parse,
): void {
	const parser: ZodParser = schema._zod;
	const { parse: original } = parser;
	const parse = makeParse(original);
	const once: Parse = (payload, context) => {
		if ((context as { direction?: string }).direction === "backward") {
			return original(payload, context);
		}
		const found = outcomes.once(context, schema, payload.value, () =>
			parse({ value: payload.value, issues: [] }, context),
		);
		return found instanceof Promise
			? found.then(payloadLike)
			: payloadLike(found);
	};
	parser.parse = once;
	if (parser.run === original) {
		parser.run = once;
	}
}

/** An issue of which there may be copies, each found again at its place. */
export interface FoundIssue {
	readonly path?: readonly PropertyKey[];
	/** The first of them. */
	readonly [firstFound]?: object;
}

export const firstFound: unique symbol = Symbol("firstFound");

/** Copies a payload that may be found again: Zod writes into it, and into the paths of its issues. */
function payloadLike(found: ZodPayload): ZodPayload {
	const issues = (found.issues as FoundIssue[]).map((issue) => ({
		...issue,
		path: [...(issue.path ?? [])],
		[firstFound]: issue[firstFound] ?? issue,
	}));
	return { ...found, issues };
}
