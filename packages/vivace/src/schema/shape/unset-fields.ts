import { isJsonObject } from "../../json/json-object.ts";
import { isPlainObject } from "./plain-object.ts";
import { objectFields } from "./renames.ts";
import { anyShape, coreShape, type Shape } from "./shape.ts";

/** A value of which only what was given is there: fields that were left out are absent, also where the schema has a default. */
export type WithoutUnset<Value> = Value extends readonly (infer Item)[]
	? WithoutUnset<Item>[]
	: Value extends Date | Uint8Array
		? Value
		: Value extends ReadonlySet<infer Item>
			? Set<WithoutUnset<Item>>
			: Value extends ReadonlyMap<infer Key, infer Item>
				? Map<Key, WithoutUnset<Item>>
				: Value extends object
					? { -readonly [Name in keyof Value]?: WithoutUnset<Value[Name]> }
					: Value;

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

/** A map as the object, a set as the list that it is in JSON. */
function asJson(value: unknown): unknown {
	if (value instanceof Map) {
		return Object.fromEntries(
			Array.from(value, ([key, item]) => [String(key), item]),
		);
	}
	return value instanceof Set ? [...value] : value;
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
	return (value, givenValue) => {
		const given = asJson(givenValue);
		if (Array.isArray(value) && Array.isArray(given)) {
			return value.map((item, index) => pickItem(index)(item, given[index]));
		}
		if (value instanceof Set && Array.isArray(given)) {
			// equal scalars have become one; what has fields is in the order in which it came
			return value.size === given.length
				? new Set(
						Array.from(value, (item, index) =>
							pickItem(index)(item, given[index]),
						),
					)
				: value;
		}
		if (value instanceof Map && isJsonObject(given)) {
			return new Map(
				Array.from(value, ([key, item]) => [
					key,
					pickItem(0)(item, given[String(key)]),
				]),
			);
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
