import { listItems, objectFields } from "../schema/shape/renames.ts";
import { anyShape, coreShape, type Shape } from "../schema/shape/shape.ts";
import type { FieldSelection } from "./path-operation.ts";

/** The shapes of an answer: by the fields' own names, and as it goes on the wire. */
export interface SelectionShapes {
	readonly own: Shape;
	readonly sent: Shape;
}

export type PickContent = (content: unknown) => unknown;

/** Makes the error for a name that is no field; `known` are those that are. */
export type RefuseName = (name: string, known: readonly string[]) => Error;

/** Only the selected fields. */
export function compileInclude(
	selection: FieldSelection,
	shapes: SelectionShapes,
	refuse: RefuseName,
): PickContent {
	const compileInner = (inner: FieldSelection, within: SelectionShapes) =>
		compileInclude(inner, within, refuse);
	const picks = compileSelection(selection, shapes, refuse, compileInner);
	return (content) =>
		mapObjects(content, (value, name) => {
			const pick = picks.get(name);
			return pick === "whole" ? value : pick?.(value);
		});
}

/** All fields but the selected ones. */
export function compileExclude(
	selection: FieldSelection,
	shapes: SelectionShapes,
	refuse: RefuseName,
): PickContent {
	const compileInner = (inner: FieldSelection, within: SelectionShapes) =>
		compileExclude(inner, within, refuse);
	const picks = compileSelection(selection, shapes, refuse, compileInner);
	return (content) =>
		mapObjects(content, (value, name) => {
			const pick = picks.get(name);
			if (pick === undefined) {
				return value;
			}
			return pick === "whole" ? undefined : pick(value);
		});
}

/** By the name on the wire what happens to each field that is selected: `whole` where nothing is said of what is in it. */
function compileSelection(
	selection: FieldSelection,
	shapes: SelectionShapes,
	refuse: RefuseName,
	compileInner: (inner: FieldSelection, within: SelectionShapes) => PickContent,
): ReadonlyMap<string, PickContent | "whole"> {
	const own = objectFields(ofItems(shapes.own));
	const sent = objectFields(ofItems(shapes.sent));
	const entries: readonly (readonly [string, true | FieldSelection])[] =
		Array.isArray(selection)
			? selection.map((name) => [name, true] as const)
			: Object.entries(selection);
	const picks = new Map<string, PickContent | "whole">();
	for (const [name, inner] of entries) {
		if (own !== undefined && !own.fields.has(name) && !own.items) {
			throw refuse(name, [...own.fields.keys()]);
		}
		const wire = sent?.wireName(name) ?? name;
		const within: SelectionShapes = {
			own: own?.fields.get(name)?.[0] ?? own?.items ?? anyShape,
			sent: sent?.fields.get(wire)?.[0] ?? sent?.items ?? anyShape,
		};
		picks.set(wire, inner === true ? "whole" : compileInner(inner, within));
	}
	return picks;
}

/** Of a list a selection means each item. */
function ofItems(shape: Shape): Shape {
	const items = listItems(coreShape(shape));
	return items === undefined ? shape : ofItems(items);
}

/** An object, or each object of a list, with the members for which `keep` gives a value. */
function mapObjects(
	content: unknown,
	keep: (value: unknown, name: string) => unknown,
): unknown {
	if (Array.isArray(content)) {
		return content.map((item) => mapObjects(item, keep));
	}
	if (content === null || typeof content !== "object") {
		return content;
	}
	return Object.fromEntries(
		Object.entries(content)
			.map(([name, value]) => [name, keep(value, name)])
			.filter(([, value]) => value !== undefined),
	);
}
