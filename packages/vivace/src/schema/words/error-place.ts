import type { Location } from "../../errors/validation-error.ts";
import { anyShape, coreShape, type Shape, tagValues } from "../shape/shape.ts";
import { memberName } from "./member-name.ts";
import type { Problem } from "./problem.ts";
import { isSecretShape } from "./redaction.ts";

/** A value within the value that was validated, and what is known of it. */
export interface Place {
	readonly shape: Shape;
	/** As it was received; `undefined` if there is none. */
	readonly value: unknown;
	readonly loc: Location;
	/** The place that holds this one. */
	readonly parent: Place | undefined;
}

/** The place that a problem is about. */
export function placeOf(
	start: Place,
	{ path, preprocessed }: Pick<Problem, "path" | "preprocessed">,
): Place {
	if (preprocessed === undefined) {
		return path.reduce(stepInto, start);
	}
	const { value, steps } = preprocessed;
	const length = path.length - steps;
	const place = path.slice(0, length).reduce(stepInto, start);
	return path.slice(length).reduce(stepInto, { ...place, value });
}

/** The place of a field or an item. */
export function stepInto(place: Place, step: string | number): Place {
	const { shape, loc } = selectMember(place, step);
	return {
		shape: childShape(shape, step),
		value: childValue(place.value, step),
		loc: [...loc, step],
		parent: place,
	};
}

/** The same value as a member of a union. */
export function memberPlace(place: Place, member: Shape): Place {
	return { ...place, shape: member, loc: [...place.loc, memberName(member)] };
}

/** Tells whether a place, or one that holds it, is secret. */
export function isSecretPlace(place: Place | undefined): boolean {
	if (place === undefined) {
		return false;
	}
	return isSecretShape(place.shape) || isSecretPlace(place.parent);
}

/** The value of a field or an item, `undefined` if there is none. */
export function childValue(value: unknown, step: string | number): unknown {
	if (typeof value !== "object" || value === null) {
		return undefined;
	}
	if (value instanceof Map) {
		return value.get(step);
	}
	return Object.hasOwn(value, step)
		? (value as Readonly<Record<string | number, unknown>>)[step]
		: undefined;
}

function childShape(shape: Shape, step: string | number): Shape {
	return (
		(typeof step === "number"
			? (shape.positions[step] ?? shape.items)
			: (shape.fields.get(step) ?? shape.items)) ?? anyShape
	);
}

/** The member of a union that a step leads into; its tag, or else its name, is a part of the location. */
function selectMember(
	place: Place,
	step: string | number,
): { readonly shape: Shape; readonly loc: Location } {
	const shape = coreShape(place.shape);
	if (shape.kind !== "union") {
		return { shape, loc: place.loc };
	}
	const members = shape.members.map(coreShape);
	const { discriminator } = shape;
	if (discriminator !== undefined) {
		const tag = childValue(place.value, discriminator);
		const meant = members.find((member) =>
			tagValues(member, discriminator).includes(tag),
		);
		if (meant === undefined) {
			return { shape: anyShape, loc: place.loc };
		}
		return { shape: meant, loc: [...place.loc, String(tag)] };
	}
	const tagField = tagFieldShape(members, step);
	if (tagField !== undefined) {
		return { shape: tagField, loc: place.loc };
	}
	const meant =
		members.find((member) => childShape(member, step) !== anyShape) ?? anyShape;
	return { shape: meant, loc: [...place.loc, memberName(meant)] };
}

/** A field that is a literal in every member may have any of their values: a library may try it before it chooses a member. */
function tagFieldShape(
	members: readonly Shape[],
	step: string | number,
): Shape | undefined {
	const values = members.map((member) => tagValues(member, String(step)));
	if (values.some((tags) => tags.length === 0)) {
		return undefined;
	}
	const field: Shape = {
		...anyShape,
		kind: "choice",
		values: values.flat(),
		isLiteral: true,
	};
	return {
		...anyShape,
		kind: "object",
		fields: new Map([[String(step), field]]),
	};
}
