import { coreShape, type Shape, type ShapeChange } from "./shape.ts";

/** The fields of an object on both sides of a codec. */
export interface ObjectFields {
	/** By name on the wire. */
	readonly fields: ReadonlyMap<string, readonly Shape[]>;
	/** The shape of further fields. */
	readonly items: Shape | undefined;
	/** Input and output differ here. */
	readonly isChanged: boolean;
	/** The name on the wire of a field by its own: that which is written. */
	wireName(own: string): string;
	/** All names by which a field is read, the one that is written first. */
	wireNames(own: string): readonly string[];
	/** The own name of a field by that on the wire. */
	ownName(wire: string): string;
}

/** The fields of an object shape, of all members of a union of objects; `undefined` for anything else. */
export function objectFields(shape: Shape): ObjectFields | undefined {
	const fields = new Map<string, Shape[]>();
	const owns = new Map<string, string>();
	let items: Shape | undefined;
	let change: ShapeChange | undefined;
	let isObject = false;
	const add = (part: Shape): void => {
		for (const [wire, own] of part.ownNames ?? []) {
			owns.set(wire, own);
		}
		change ??= part.change;
		if (part.kind === "union") {
			part.members.forEach(add);
		} else if (part.kind === "object" || part.kind === "record") {
			isObject = true;
			items ??= part.items;
			for (const [name, field] of part.fields) {
				fields.set(name, [...(fields.get(name) ?? []), field]);
			}
		}
	};
	add(shape);
	if (!isObject) {
		return undefined;
	}
	const wires = Map.groupBy(owns.keys(), (wire) => owns.get(wire) as string);
	return {
		fields,
		items,
		isChanged: change !== undefined,
		wireName: (own) => wires.get(own)?.[0] ?? own,
		wireNames: (own) => wires.get(own) ?? [own],
		ownName: (wire) => owns.get(wire) ?? wire,
	};
}

/** The items of a list, or of a list that may be null; `undefined` for any other shape. */
export function listItems(shape: Shape): Shape | undefined {
	const core = coreShape(shape);
	return core.kind === "list" || core.kind === "set" || core.kind === "tuple"
		? (core.items ?? core.positions[0])
		: undefined;
}
