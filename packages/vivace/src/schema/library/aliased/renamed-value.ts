import { isPlainObject } from "../../shape/plain-object.ts";
import { type AliasTree, treeAt } from "./alias-tree.ts";

/** Stands behind a field's own name where that is none on the wire: the schema shall take it for a field that it does not know. */
const foreignMark = "\0";

/** A value as it was received, with the fields' own names. What has no place among them keeps its name. */
export function toOwnNames(
	tree: AliasTree,
	value: unknown,
	keepsForeign: boolean,
): unknown {
	return mapParts(tree, value, (part, fields, object) => {
		const taken = new Set<string>();
		const entries: [string, unknown][] = [];
		for (const { own, names, tree: inner } of fields.values()) {
			const name = presentName(names, object);
			if (name !== undefined) {
				taken.add(name);
				const received = object[name];
				entries.push([own, toOwnNames(inner, received, keepsForeign)]);
			}
		}
		for (const [name, item] of Object.entries(object)) {
			if (taken.has(name)) {
				continue;
			}
			if (!fields.has(name)) {
				const inner = part.items;
				entries.push([
					name,
					inner === undefined ? item : toOwnNames(inner, item, keepsForeign),
				]);
			} else if (keepsForeign && !part.isOpen) {
				entries.push([foreignName(name), item]);
			}
		}
		return entries;
	});
}

/** The first of the names that an object has. */
function presentName(
	names: readonly string[],
	object: Readonly<Record<string, unknown>> = {},
): string | undefined {
	return names.find(
		(name) => Object.hasOwn(object, name) && object[name] !== undefined,
	);
}

/** The name under which a schema sees what was received by a field's own name, where that is another's on the wire. */
export function foreignName(name: string): string {
	return name + foreignMark;
}

/** The name that was received of one in a problem. */
export function receivedName(name: string): string {
	return name.endsWith(foreignMark) ? name.slice(0, -1) : name;
}

/** A value with own names, as it goes on the wire. */
export function toWireNames(tree: AliasTree, value: unknown): unknown {
	return mapParts(tree, value, (part, fields, object) =>
		Object.entries(object).map(([own, item]) => {
			const field = fields.get(own);
			const inner = field?.tree ?? part.items;
			return [
				field?.names[0] ?? own,
				inner === undefined ? item : toWireNames(inner, item),
			];
		}),
	);
}

/** The path of a problem by the names that were received, or that would have been. */
export function toWirePath(
	tree: AliasTree,
	value: unknown,
	path: readonly (string | number)[],
): { path: (string | number)[]; tree: AliasTree; value: unknown } {
	const found: (string | number)[] = [];
	let place = tree;
	let part = value;
	for (const step of path) {
		const object = isPlainObject(part) ? part : undefined;
		const names = typeof step === "string" && place.fields?.get(step)?.names;
		const wire = names
			? (presentName(names, object) ?? names[0])
			: typeof step === "string"
				? receivedName(step)
				: step;
		found.push(wire);
		place = treeAt(place, step);
		part = Array.isArray(part) ? part[Number(wire)] : object?.[wire];
	}
	return { path: found, tree: place, value: part };
}

type RenameFields = (
	tree: AliasTree,
	fields: NonNullable<AliasTree["fields"]>,
	object: Readonly<Record<string, unknown>>,
) => [string, unknown][];

/** The value with `rename` done for each object of which the fields are known. */
function mapParts(
	tree: AliasTree,
	value: unknown,
	rename: RenameFields,
): unknown {
	const item = (each: unknown, index: number) => {
		const inner = tree.positions[index] ?? tree.items;
		return inner === undefined ? each : mapParts(inner, each, rename);
	};
	if (Array.isArray(value)) {
		return value.map(item);
	}
	if (value instanceof Set) {
		return new Set(Array.from(value, item));
	}
	const { items } = tree;
	if (value instanceof Map) {
		return items === undefined
			? value
			: new Map(
					Array.from(value, ([key, each]) => [
						key,
						mapParts(items, each, rename),
					]),
				);
	}
	if (!isPlainObject(value)) {
		return value;
	}
	if (tree.fields !== undefined) {
		return Object.fromEntries(rename(tree, tree.fields, value));
	}
	return items === undefined
		? value
		: Object.fromEntries(
				Object.entries(value).map(([name, each]) => [
					name,
					mapParts(items, each, rename),
				]),
			);
}
