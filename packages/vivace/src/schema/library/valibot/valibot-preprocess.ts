import type { Conversion } from "../../shape/scalar-conversions.ts";
import type { Shape } from "../../shape/shape.ts";
import { shapeFromJsonSchema } from "../../shape/shape-reader.ts";
import { noteGiven, type PreprocessedIssue } from "../preprocessed-issue.ts";
import type { Dataset, Runnable, ValibotSchema } from "./valibot-internals.ts";
import { readValibot } from "./valibot-reader.ts";

/**
 * A schema that converts a value before it validates it, as Pydantic converts what a `BeforeValidator` gives. Its issues say what they are
 * about: nobody else knows what the function has made.
 *
 * @param original what `copy` is a copy of
 */
export function convertFirst(
	copy: Runnable,
	original: ValibotSchema,
	convertsTo: (shape: Shape) => Conversion,
): Runnable {
	let convert: Conversion | undefined;
	return Object.create(copy, {
		"~run": {
			value(dataset: Dataset, config: object) {
				convert ??= convertsTo(
					shapeFromJsonSchema(readValibot(original, "input").raw, true),
				);
				const given = dataset.value;
				const before = issuesOf(dataset).length;
				dataset.value = convert(given);
				const result = copy["~run"](dataset, config);
				return result instanceof Promise
					? result.then((settled) => told(settled, before, given))
					: told(result, before, given);
			},
		},
	});
}

function told(dataset: Dataset, before: number, value: unknown): Dataset {
	noteGiven(issuesOf(dataset).slice(before), value);
	return dataset;
}

function issuesOf({ issues = [] }: Dataset): readonly PreprocessedIssue[] {
	return issues as readonly PreprocessedIssue[];
}
