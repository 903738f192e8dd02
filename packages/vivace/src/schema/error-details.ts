import type { ErrorDetail, Location } from "../errors/validation-error.ts";
import { compileConversion } from "./conversion.ts";
import type { ErrorWords } from "./error-words.ts";
import { memberName } from "./member-name.ts";
import type { ExpectedType, Problem } from "./problem.ts";
import { pythonText } from "./python-text.ts";
import { isSecretShape, withoutSecrets } from "./redaction.ts";
import { anyShape, coreShape, type Shape, tagValues } from "./shape.ts";
import { fitsShape } from "./shape-fit.ts";
import { formatError, valueError } from "./text-errors.ts";
import {
	boundError,
	multipleError,
	typeError,
	valuesError,
} from "./value-errors.ts";

/**
 * FastAPI's errors for the problems that a schema library found.
 *
 * @param shape of the value that was validated
 * @param value as it was received, before any conversion
 * @param loc where it was received
 */
export function errorDetails(
	problems: readonly Problem[],
	shape: Shape,
	value: unknown,
	loc: Location,
): ErrorDetail[] {
	const start: Place = { shape, value, loc, parent: undefined };
	const sets = new Map<unknown, number>();
	return problems.flatMap((problem) =>
		detailsAt(walk(start, problem.path), problem, sets),
	);
}

/** The error for a value that should be there and is not. */
export function missingDetail(loc: Location, input: unknown): ErrorDetail {
	return { type: "missing", loc, msg: "Field required", input };
}

/** A value within the value that was validated, and what is known of it. */
interface Place {
	readonly shape: Shape;
	readonly value: unknown;
	readonly loc: Location;
	/** The place that holds this one. */
	readonly parent: Place | undefined;
}

function walk(start: Place, path: readonly (string | number)[]): Place {
	let place = start;
	for (const step of path) place = stepInto(place, step);
	return place;
}

function stepInto(place: Place, step: string | number): Place {
	const { shape, loc } = selectMember(place, step);
	return {
		shape: childShape(shape, step),
		value: childValue(place.value, step),
		loc: [...loc, step],
		parent: place,
	};
}

function childShape(shape: Shape, step: string | number): Shape {
	return (
		(typeof step === "number"
			? (shape.positions[step] ?? shape.items)
			: (shape.fields.get(step) ?? shape.items)) ?? anyShape
	);
}

function childValue(value: unknown, step: string | number): unknown {
	if (typeof value !== "object" || value === null) return undefined;
	if (value instanceof Map) return value.get(step);
	return Object.hasOwn(value, step)
		? (value as Readonly<Record<string | number, unknown>>)[step]
		: undefined;
}

/** The member of a union that a step leads into; the tag of a discriminated one is a part of the location. */
function selectMember(
	place: Place,
	step: string | number,
): { readonly shape: Shape; readonly loc: Location } {
	const shape = coreShape(place.shape);
	if (shape.kind !== "union") return { shape, loc: place.loc };
	const { discriminator } = shape;
	const tag =
		discriminator === undefined
			? undefined
			: childValue(place.value, discriminator);
	for (const member of shape.members) {
		const core = coreShape(member);
		if (discriminator === undefined) {
			if (childShape(core, step) !== anyShape)
				return { shape: core, loc: place.loc };
		} else if (tagValues(core, discriminator).includes(tag)) {
			return { shape: core, loc: [...place.loc, String(tag)] };
		}
	}
	return { shape: anyShape, loc: place.loc };
}

function detailsAt(
	place: Place,
	problem: Problem,
	sets: Map<unknown, number>,
): ErrorDetail[] {
	if (place.value === undefined && isAbout(problem, absenceKinds))
		return [missingAt(place)];
	const shape = coreShape(place.shape);
	if (shape.kind === "set" && isAboutItem(problem))
		return detailsAt(nextWrongItem(place, shape, sets), problem, sets);
	switch (problem.about) {
		case "missing":
			return [missingAt(place)];
		case "type":
			return typeDetails(place, shape, problem.expected);
		case "bound":
			return problem.side === "min" && shape.kind === "tuple"
				? missingPositions(place, shape)
				: [detail(place, boundError(problem, place.value, shape))];
		case "multiple":
			return [detail(place, multipleError(problem.of))];
		case "values":
			return [detail(place, valuesError(problem.values, shape))];
		case "format":
			return [detail(place, formatError(problem, String(place.value)))];
		case "extra":
			return problem.keys.map((key) =>
				detail(stepInto(place, key), extraForbidden),
			);
		case "union":
			return unionDetails(place, shape, problem.members, problem.message);
		case "tag":
			return [detail(place, tagError(place, shape, problem))];
		case "key":
			return keyDetails(place, problem.problems);
		case "other":
			return [detail(place, valueError(problem.message))];
	}
}

const absenceKinds = ["type", "values", "union", "tag", "missing"] as const;

function isAbout(
	problem: Problem,
	kinds: readonly Problem["about"][],
): boolean {
	return kinds.includes(problem.about);
}

const extraForbidden: ErrorWords = {
	type: "extra_forbidden",
	msg: "Extra inputs are not permitted",
};

function detail(place: Place, words: ErrorWords): ErrorDetail {
	const { type, msg, ctx } = words;
	const input = isSecretPlace(place)
		? undefined
		: { input: withoutSecrets(place.shape, place.value) };
	return {
		type,
		loc: place.loc,
		msg,
		...input,
		...(ctx === undefined ? undefined : { ctx }),
	};
}

function isSecretPlace(place: Place | undefined): boolean {
	if (place === undefined) return false;
	return isSecretShape(place.shape) || isSecretPlace(place.parent);
}

function missingAt(place: Place): ErrorDetail {
	const { parent } = place;
	if (parent === undefined) return missingDetail(place.loc, null);
	return { ...detail(parent, missing), loc: place.loc };
}

const missing: ErrorWords = { type: "missing", msg: "Field required" };

/** A tuple that is too short lacks its last positions. */
function missingPositions(place: Place, shape: Shape): ErrorDetail[] {
	const length = Array.isArray(place.value) ? place.value.length : 0;
	return shape.positions
		.slice(length)
		.map((_, index) => missingAt(stepInto(place, length + index)));
}

function typeDetails(
	place: Place,
	shape: Shape,
	expected: ExpectedType,
): ErrorDetail[] {
	if (shape.kind === "union" && shape.discriminator === undefined) {
		// what a library says of a union as a whole, Pydantic says of each member
		const members = shape.members.map(coreShape);
		if (members.every((member) => !fitsShape(member, place.value)))
			return members.flatMap((member) =>
				typeDetails(memberPlace(place, member), member, kindOf(member)),
			);
	}
	const kind = expected === "unknown" ? kindOf(shape) : expected;
	return [detail(place, typeError(kind, place.value, shape))];
}

function kindOf({ kind }: Shape): ExpectedType {
	if (kind === "union") return "object";
	return kind === "any" || kind === "choice" ? "unknown" : kind;
}

function memberPlace(place: Place, member: Shape): Place {
	return { ...place, shape: member, loc: [...place.loc, memberName(member)] };
}

function unionDetails(
	place: Place,
	shape: Shape,
	problems: readonly (readonly Problem[])[],
	message: string,
): ErrorDetail[] {
	// null is not a member: a library may count it, Pydantic does not
	const present = problems.filter((member) => !member.every(isAboutNull));
	const details = present.flatMap((memberProblems, index) => {
		const member = memberAt(shape, present.length, index);
		const start = present.length < 2 ? place : memberPlace(place, member);
		const sets = new Map<unknown, number>();
		return memberProblems.flatMap((problem) =>
			detailsAt(walk({ ...start, shape: member }, problem.path), problem, sets),
		);
	});
	return details.length > 0 ? details : [detail(place, valueError(message))];
}

function isAboutNull(problem: Problem): boolean {
	return problem.about === "type" && problem.expected === "null";
}

/** The shape of a union's member, found by its number among those that the library lists. */
function memberAt(shape: Shape, count: number, index: number): Shape {
	const members = shape.kind === "union" ? shape.members : [shape];
	if (members.length === 1) return members[0] as Shape;
	return members.length === count ? (members[index] as Shape) : anyShape;
}

function tagError(
	place: Place,
	shape: Shape,
	problem: Extract<Problem, { readonly about: "tag" }>,
): ErrorWords {
	const discriminator = pythonText(problem.discriminator);
	const tag = childValue(place.value, problem.discriminator);
	if (tag === undefined)
		return {
			type: "union_tag_not_found",
			msg: `Unable to extract tag using discriminator ${discriminator}`,
			ctx: { discriminator },
		};
	const tags = shape.members.flatMap((member) =>
		tagValues(member, problem.discriminator),
	);
	const expected = (tags.length > 0 ? tags : problem.tags)
		.map(pythonText)
		.join(", ");
	return {
		type: "union_tag_invalid",
		msg: `Input tag '${tag}' found using ${discriminator} does not match any of the expected tags: ${expected}`,
		ctx: { discriminator, tag: String(tag), expected_tags: expected },
	};
}

/** A key of a mapping is a value of its own, at `[key]` below it. */
function keyDetails(place: Place, problems: readonly Problem[]): ErrorDetail[] {
	const container = coreShape(place.parent?.shape ?? anyShape);
	const shape = container.keys ?? anyShape;
	const value = place.loc.at(-1);
	return errorDetails(problems, shape, value, [...place.loc, "[key]"]);
}

function isAboutItem(problem: Problem): boolean {
	if (problem.about === "type") return problem.expected !== "set";
	if (problem.about === "bound")
		return problem.of === "value" || problem.of === "text";
	return isAbout(problem, ["values", "format", "multiple", "union"]);
}

/** Libraries do not say which item of a set is wrong: the next one that does not fit is meant. */
function nextWrongItem(
	place: Place,
	shape: Shape,
	sets: Map<unknown, number>,
): Place {
	const items = Array.isArray(place.value) ? place.value : [];
	const itemShape = shape.items ?? anyShape;
	const convert = compileConversion(itemShape, "text");
	const first = sets.get(place.value) ?? 0;
	let index = items.findIndex(
		(item, position) =>
			position >= first && !fitsShape(itemShape, convert(item)),
	);
	if (index === -1) index = first;
	sets.set(place.value, index + 1);
	return { ...stepInto(place, index), shape: itemShape };
}
