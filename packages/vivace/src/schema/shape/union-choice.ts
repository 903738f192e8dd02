import { childShapes, coreShape, type Shape } from "./shape.ts";
import { WalkMemory } from "./walk-memory.ts";

/** A union of which several members are objects that nothing tells apart: one that takes less may hide one that takes more. */
export function isLooseUnion(shape: Shape): boolean {
	return (
		shape.kind === "union" &&
		shape.discriminator === undefined &&
		shape.members.filter((member) => coreShape(member).kind === "object")
			.length > 1
	);
}

/**
 * A union of which several members may look into one value: each of them does, at every level of a schema that contains itself.
 *
 * @param tellsLists true where a list is never taken for an object or a record, so that one member of each (`z.json()`) are not several
 */
export function isBranchingUnion(shape: Shape, tellsLists: boolean): boolean {
	if (shape.kind !== "union" || shape.discriminator !== undefined) {
		return false;
	}
	const looking = shape.members
		.map((member) => coreShape(member))
		.filter((member) => childShapes(member).length > 0);
	const [lists, others] = [listKinds, objectKinds].map((kinds) =>
		looking.filter(({ kind }) => kinds.has(kind)),
	);
	return tellsLists && lists?.length === 1 && others?.length === 1
		? looking.length > 2
		: looking.length > 1;
}

const listKinds: ReadonlySet<Shape["kind"]> = new Set([
	"list",
	"tuple",
] as const);
const objectKinds: ReadonlySet<Shape["kind"]> = new Set([
	"object",
	"record",
] as const);

/** Of members that a value fits the one that names most of its fields, the first of equals; `undefined` if there is none. */
export function mostSet<Member extends { readonly shape: Shape }>(
	members: readonly Member[],
	value: unknown,
): Member | undefined {
	let best = members[0];
	if (members.length < 2 || best === undefined) {
		return best;
	}
	let most = countSetFields(best.shape, value);
	for (const member of members.slice(1)) {
		const count = countSetFields(member.shape, value);
		if (count > most) {
			best = member;
			most = count;
		}
	}
	return best;
}

/** Gives members in the order of the fields that they name of a value, most first, equals as they are; shapes are read when first needed. */
export function byFieldsSet<Member>(
	members: readonly Member[],
	readShapes: () => readonly Shape[],
): (value: unknown) => readonly Member[] {
	let shapes: readonly Shape[] | undefined;
	return (value) => {
		if (typeof value !== "object" || value === null) {
			return members;
		}
		shapes ??= readShapes();
		const numbers = shapes.map((shape) => countSetFields(shape, value));
		return members
			.map((member, index) => ({ member, count: numbers[index] ?? 0 }))
			.sort((a, b) => b.count - a.count)
			.map(({ member }) => member);
	};
}

const counts = new WalkMemory<number>();

/**
 * The fields of a value that a shape names and that are there, at any depth: of the members of a union that fit, Pydantic's smart mode
 * takes the one with the most.
 */
export function countSetFields(shape: Shape, value: unknown): number {
	const core = coreShape(shape);
	if (typeof value !== "object" || value === null) {
		return 0;
	}
	switch (core.kind) {
		case "object":
			return countInObject(core, value as Readonly<Record<string, unknown>>);
		case "union":
			return counts.once(core, value, () =>
				Math.max(
					0,
					...core.members.map((member) => countSetFields(member, value)),
				),
			);
		case "list":
		case "tuple":
			return Array.isArray(value)
				? value
						.map((item, index) => {
							const part = core.positions[index] ?? core.items;
							return part === undefined ? 0 : countSetFields(part, item);
						})
						.reduce((sum, count) => sum + count, 0)
				: 0;
		default:
			return 0;
	}
}

function countInObject(
	shape: Shape,
	value: Readonly<Record<string, unknown>>,
): number {
	let count = 0;
	for (const [name, field] of shape.fields) {
		if (Object.hasOwn(value, name) && value[name] !== undefined) {
			count += 1 + countSetFields(field, value[name]);
		}
	}
	return count;
}
