import { isJsonObject } from "../../json/json-object.ts";
import { isPlainObject } from "./conversion.ts";
import { objectFields } from "./renames.ts";
import { anyShape, coreShape, type Shape } from "./shape.ts";

/** A value of which only what was given is there: fields that were left out are absent, also where the schema has a default. */
export type WithoutUnset<Value> = Value extends readonly (infer Item)[]
	? WithoutUnset<Item>[]
	: Value extends Kept
		? Value
		: Value extends object
			? { -readonly [Name in keyof Value]?: WithoutUnset<Value[Name]> }
			: Value;

/** Objects that are values, not models. */
type Kept =
	| Date
	| Uint8Array
	| ReadonlySet<unknown>
	| ReadonlyMap<unknown, unknown>;

/** Which of the two that {@link compileWithoutUnset} compares has the names on the wire. */
export type UnsetWay = "received" | "sent";

/**
 * Compiles what leaves out of a validated value, at any depth, the fields that the schema filled in: those that `given` does not have.
 * `received`: the value has own names and `given` those on the wire; `sent`: the other way round.
 */
export function compileWithoutUnset(
	shape: Shape,
	way: UnsetWay,
): (value: unknown, given: unknown) => unknown {
	const known = new Map<Shape, Pick>();
	const pickOf = (part: Shape): Pick => {
		let pick = known.get(part);
		if (pick === undefined) {
			// only when a value comes, so that a shape may contain itself
			let made: Pick | undefined;
			pick = (value, given) => {
				made ??= compile(part, way, pickOf);
				return made(value, given);
			};
			known.set(part, pick);
		}
		return pick;
	};
	return pickOf(shape);
}

type Pick = (value: unknown, given: unknown) => unknown;

function compile(
	shape: Shape,
	way: UnsetWay,
	pickOf: (part: Shape) => Pick,
): Pick {
	const { items, positions } = coreShape(shape);
	const pickItem = (index: number) =>
		pickOf(positions[index] ?? items ?? anyShape);
	const object = objectFields(shape);
	return (value, given) => {
		if (Array.isArray(value) && Array.isArray(given)) {
			return value.map((item, index) => pickItem(index)(item, given[index]));
		}
		if (!isPlainObject(value) || !isJsonObject(given)) {
			return value;
		}
		const kept: [string, unknown][] = [];
		for (const [name, field] of Object.entries(value)) {
			const others =
				way === "received"
					? object?.wireNames(name)
					: object && [object.ownName(name)];
			const other =
				others?.find((each) => Object.hasOwn(given, each)) ??
				others?.[0] ??
				name;
			const wire = way === "received" ? other : name;
			const fields = object?.fields.get(wire);
			const givenField = Object.hasOwn(given, other) ? given[other] : undefined;
			if (givenField !== undefined) {
				const part = fields?.[0] ?? object?.items ?? anyShape;
				kept.push([name, pickOf(part)(field, givenField)]);
			} else if (object?.isChanged === true && fields === undefined) {
				// a transform made it, of what can't be told
				kept.push([name, field]);
			}
		}
		return Object.fromEntries(kept);
	};
}
