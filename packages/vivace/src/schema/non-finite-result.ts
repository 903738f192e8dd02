import type { Validated } from "./schema-use.ts";
import { compileNonFinite } from "./shape/non-finite.ts";
import { isPlainObject } from "./shape/plain-object.ts";
import type { Shape } from "./shape/shape.ts";

type Path = readonly (string | number)[];

/** Stands for a number that is not finite while a schema looks at it: one that no program has by chance. */
const standIn = 4.196_271_357_138_93e-301;

/**
 * Validates a result that has NaN or an infinity where its schema has a number, for a library that refuses them and can't be told otherwise
 * (ArkType): with another number in its place, and with null where that is at the end, as JSON has it and FastAPI sends it. `undefined`
 * where the result has none, or is refused all the same, or where the schema has made something else of the number.
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
		const result = validate(replaced(value, paths, standIn));
		if (result instanceof Promise || result.issues !== undefined) {
			return undefined;
		}
		const found = placesOf(standIn, result.value);
		return found.length < paths.length
			? undefined
			: { value: replaced(result.value, found, null) };
	};
}

function placesOf(wanted: number, value: unknown, path: Path = []): Path[] {
	if (value === wanted) {
		return [path];
	}
	if (Array.isArray(value)) {
		return value.flatMap((item, index) =>
			placesOf(wanted, item, [...path, index]),
		);
	}
	return isPlainObject(value)
		? Object.entries(value).flatMap(([name, member]) =>
				placesOf(wanted, member, [...path, name]),
			)
		: [];
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
