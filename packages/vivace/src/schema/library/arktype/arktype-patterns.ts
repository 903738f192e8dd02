import { isJsonObject } from "../../../json/json-object.ts";
import { mapSubschemas } from "../../document/json-schema.ts";
import { patternsAsKeywords } from "../../document/pattern-keywords.ts";
import {
	lostPatternKey,
	type MarkedSchema,
	patternsKey,
} from "../../shape/marks.ts";

/** The regular expressions with flags that a type's own description (`type.json`) names, by their sources. */
export function flaggedPatterns(
	description: unknown,
	found: Map<string, RegExp> = new Map(),
): ReadonlyMap<string, RegExp> {
	if (Array.isArray(description)) {
		for (const item of description) {
			flaggedPatterns(item, found);
		}
	} else if (isJsonObject(description)) {
		const { rule, flags } = description;
		if (typeof rule === "string" && typeof flags === "string") {
			found.set(rule, new RegExp(rule, flags));
		}
		flaggedPatterns(Object.values(description), found);
	}
	return found;
}

/**
 * ArkType's JSON Schema with what the flags of its patterns mean, which ArkType leaves out.
 *
 * @param report is called for each pattern that can't be said without its flags
 */
export function withFlags(
	schema: MarkedSchema,
	patterns: ReadonlyMap<string, RegExp>,
	report: () => void,
): MarkedSchema {
	const mapped: Record<string | symbol, unknown> = mapSubschemas(
		schema,
		(part) => withFlags(part as MarkedSchema, patterns, report),
	);
	for (const mark of Object.getOwnPropertySymbols(schema)) {
		mapped[mark] = schema[mark];
	}
	const pattern = patterns.get(String(mapped.pattern));
	if (pattern === undefined) {
		return mapped;
	}
	const { pattern: _, ...rest } = mapped;
	const said = patternsAsKeywords([pattern]);
	if (said[lostPatternKey] === true) {
		report();
	}
	return { ...rest, ...said, [patternsKey]: [pattern] };
}
