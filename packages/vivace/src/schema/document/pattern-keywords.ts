import { lostPatternKey, type MarkedSchema } from "../shape/marks.ts";
import { portablePattern } from "./portable-pattern.ts";

/** The keywords for patterns that a text must all match, marked where one can't be said without its flags. */
export function patternsAsKeywords(patterns: readonly RegExp[]): MarkedSchema {
	const sources = patterns
		.map(portablePattern)
		.filter((source) => source !== undefined);
	return {
		...(sources.length === 1 && { pattern: sources[0] }),
		...(sources.length > 1 && {
			allOf: sources.map((pattern) => ({ pattern })),
		}),
		...(sources.length < patterns.length && { [lostPatternKey]: true }),
	};
}
