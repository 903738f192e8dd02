import type { Validated } from "./schema-use.ts";
import { isPlainObject } from "./shape/conversion.ts";
import { compileNonFinite } from "./shape/non-finite.ts";
import type { Shape } from "./shape/shape.ts";

type Path = readonly (string | number)[];

/**
 * Validates a result that has NaN or an infinity where its schema has a number, which many schemas refuse: with 0 in its place, and with null
 * there at the end, as JSON has it and FastAPI sends it. `undefined` where the result has none, or is refused all the same.
 */
export function compileNonFiniteResult(
	shape: Shape,
): (
	value: unknown,
	validate: (value: unknown) => Validated | Promise<Validated>,
) => Validated | undefined {
	let search: ReturnType<typeof compileNonFinite> | "unread" = "unread";
	return (value, validate) => {
		if (search === "unread") {
			search = compileNonFinite(shape, ({ kind }) => kind === "number");
		}
		const paths = search?.(value).map(({ path }) => path) ?? [];
		if (paths.length === 0) {
			return undefined;
		}
		const result = validate(replaced(value, paths, 0));
		return result instanceof Promise || result.issues !== undefined
			? undefined
			: { value: replaced(result.value, paths, null) };
	};
}

/** A value with another in some places. */
function replaced(
	value: unknown,
	paths: readonly Path[],
	other: unknown,
): unknown {
	if (paths.some((path) => path.length === 0)) {
		return other;
	}
	const inside = Map.groupBy(paths, ([step]) => step as string | number); // no path is empty here
	const within = (step: string | number, part: unknown) =>
		replaced(
			part,
			(inside.get(step) ?? []).map((path) => path.slice(1)),
			other,
		);
	if (Array.isArray(value)) {
		return value.map((item, index) =>
			inside.has(index) ? within(index, item) : item,
		);
	}
	return isPlainObject(value)
		? Object.fromEntries(
				Object.entries(value).map(([name, member]) => [
					name,
					inside.has(name) ? within(name, member) : member,
				]),
			)
		: value;
}
