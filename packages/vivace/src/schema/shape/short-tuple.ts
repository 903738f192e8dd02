import { acceptsNull, type Shape } from "./shape.ts";

/**
 * A tuple that is too short gets `undefined` for what it lacks: libraries stop at the length, Pydantic goes on to the items that are
 * there. Each position has to refuse that.
 */
export function canLack({ kind, positions }: Shape): boolean {
	return (
		kind === "tuple" &&
		positions.every(
			(each) =>
				each.kind !== "any" &&
				each.change === undefined &&
				!each.isPreprocessed &&
				!each.isDefaulted &&
				each.isOptional !== true &&
				!acceptsNull(each),
		)
	);
}

/** The list with all positions of its tuple. */
export function padded(
	list: readonly unknown[],
	{ positions }: Shape,
): readonly unknown[] {
	return list.length === 0 || list.length >= positions.length
		? list
		: Array.from(positions, (_, index) => list[index]);
}
