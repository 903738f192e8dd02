import { type Shape, tagValues } from "../shape/shape.ts";
import { childValue } from "./error-place.ts";
import type { ErrorWords } from "./error-words.ts";
import type { Problem } from "./problem.ts";
import { pythonText } from "./python-text.ts";

/** The error for a value by whose discriminator no member of a union is known. */
export function tagError(
	value: unknown,
	shape: Shape,
	problem: Extract<Problem, { readonly about: "tag" }>,
): ErrorWords {
	const discriminator = pythonText(problem.discriminator);
	const tag = childValue(value, problem.discriminator);
	if (tag === undefined) {
		return {
			type: "union_tag_not_found",
			msg: `Unable to extract tag using discriminator ${discriminator}`,
			ctx: { discriminator },
		};
	}
	const tags = shape.members.flatMap((member) =>
		tagValues(member, problem.discriminator),
	);
	// Python writes None, True and False
	const shown = typeof tag === "string" ? tag : pythonText(tag);
	const expected = (tags.length > 0 ? tags : problem.tags)
		.map(pythonText)
		.join(", ");
	return {
		type: "union_tag_invalid",
		msg: `Input tag '${shown}' found using ${discriminator} does not match any of the expected tags: ${expected}`,
		ctx: { discriminator, tag: shown, expected_tags: expected },
	};
}
