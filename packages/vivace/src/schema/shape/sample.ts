import { isPlainObject } from "./plain-object.ts";
import { coreShape, type Shape, someShape } from "./shape.ts";

/** A part of a JSON value: its first members, at every level, as many as were asked for in all. */
export interface Sample {
	readonly value: unknown;
	/** Tells whether something was left out of what stands at a path: what is wrong with it as a whole may not be wrong with the value. */
	isCut(path: readonly (string | number)[]): boolean;
}

/** The sample of a value with so many members; `undefined` where the value has no more. */
export function sampleOf(
	shape: Shape,
	value: unknown,
	size: number,
): Sample | undefined {
	if (countMembers(value, size) >= 0) {
		return undefined;
	}
	const sampler = new Sampler(size);
	const sample = sampler.take(shape, value);
	return sampler.cut.size === 0
		? undefined // all are named fields
		: {
				value: sample,
				isCut(path) {
					let part = sample;
					for (const step of path) {
						part = (part as Record<string | number, unknown> | undefined)?.[
							step
						];
					}
					return sampler.cut.has(part);
				},
			};
}

class Sampler {
	/** The lists, objects and texts that are shorter than the part of the value that they stand for. */
	readonly cut = new Set<unknown>();
	#left: number;

	constructor(size: number) {
		this.#left = size;
	}

	take(shape: Shape | undefined, value: unknown): unknown {
		if (shape?.isPreprocessed === true) {
			return value; // a function of a part need not make a part of its result
		}
		if (Array.isArray(value)) {
			return this.#list(shape && coreShape(shape), value);
		}
		return isPlainObject(value)
			? this.#object(shape && coreShape(shape), value)
			: value;
	}

	#list(shape: Shape | undefined, list: readonly unknown[]): unknown {
		const taken: unknown[] = [];
		for (const item of list) {
			if (this.#left <= 0) {
				this.cut.add(taken);
				break;
			}
			this.#left--;
			taken.push(
				this.take(shape?.positions[taken.length] ?? shape?.items, item),
			);
		}
		return taken;
	}

	/** Named fields are always taken: one that is left out would be missing. */
	#object(
		shape: Shape | undefined,
		object: Readonly<Record<string, unknown>>,
	): unknown {
		const taken: [string, unknown][] = [];
		const hasNames = shape !== undefined && isNaming(shape);
		let isCut = false;
		for (const name in object) {
			if (this.#left <= 0 && !hasNames) {
				isCut = true;
				break;
			}
			const field = shape?.fields.get(name);
			if (this.#left <= 0 && field === undefined && !isNamed(shape, name)) {
				isCut = true;
				continue;
			}
			this.#left--;
			taken.push([name, this.take(field ?? shape?.items, object[name])]);
		}
		const made = Object.fromEntries(taken);
		if (isCut) {
			this.cut.add(made);
		}
		return made;
	}
}

function isNaming(shape: Shape): boolean {
	return (
		shape.fields.size > 0 ||
		shape.members.some((member) => isNaming(coreShape(member)))
	);
}

/** Tells whether a member of a union has a field of this name. */
function isNamed(shape: Shape | undefined, name: string): boolean {
	return (
		shape?.members.some((member) => {
			const core = coreShape(member);
			return core.fields.has(name) || isNamed(core, name);
		}) === true
	);
}

/**
 * Compiles the question whether a value has more members than this, at all levels together; `undefined` where the schema names all that
 * a value may hold. It looks only where there are lists or records, so that small bodies pay next to nothing.
 *
 * @param dropsUnknown an object's other members are dropped unseen
 */
export function compileIsLarge(
	shape: Shape,
	dropsUnknown: boolean,
	size: number,
): ((value: unknown) => boolean) | undefined {
	const count = new CountCompiler(dropsUnknown).compile(shape);
	return count === countNothing ? undefined : (value) => count(value, size) < 0;
}

/** Takes the members of a value from some room and gives the rest; below 0 as soon as there are more. */
type Count = (value: unknown, room: number) => number;

const countNothing: Count = (_, room) => room;

class CountCompiler {
	readonly #dropsUnknown: boolean;
	readonly #known = new Map<Shape, Count>();

	constructor(dropsUnknown: boolean) {
		this.#dropsUnknown = dropsUnknown;
	}

	compile(shape: Shape): Count {
		const known = this.#known.get(shape);
		if (known !== undefined) {
			return known;
		}
		// a shape that contains itself finds this forward to what is being made
		this.#known.set(shape, (value, room) => count(value, room));
		const count = someShape(shape, (part) => this.#isOpenEnded(part))
			? this.#make(shape)
			: countNothing;
		this.#known.set(shape, count);
		return count;
	}

	#isOpenEnded({ kind, items }: Shape): boolean {
		return (
			kind === "list" ||
			kind === "set" ||
			kind === "record" ||
			kind === "map" ||
			items !== undefined ||
			(kind === "object" && !this.#dropsUnknown)
		);
	}

	#make(shape: Shape): Count {
		if (shape.kind === "object" && !this.#isOpenEnded(shape)) {
			return this.#countFields(shape);
		}
		if (shape.kind === "union" && shape.members.length === 1) {
			return this.compile(shape.members[0] as Shape);
		}
		return shape.kind === "list" && shape.items !== undefined
			? countItems(this.compile(shape.items))
			: countMembers;
	}

	#countFields(shape: Shape): Count {
		const fields = Array.from(
			shape.fields,
			([name, field]) => [name, this.compile(field)] as const,
		).filter(([, count]) => count !== countNothing);
		return (value, room) => {
			let left = room;
			if (isPlainObject(value)) {
				for (const [name, count] of fields) {
					left = left < 0 ? left : count(value[name], left);
				}
			}
			return left;
		};
	}
}

function countItems(count: Count): Count {
	return (value, room) => {
		if (!Array.isArray(value)) {
			return countMembers(value, room);
		}
		let left = room - value.length;
		if (count !== countNothing) {
			for (let index = 0; index < value.length && left >= 0; index++) {
				left = count(value[index], left);
			}
		}
		return left;
	};
}

function countMembers(value: unknown, room: number): number {
	if (typeof value !== "object" || value === null || room < 0) {
		return room;
	}
	let left = room;
	if (Array.isArray(value)) {
		left -= value.length;
		for (let index = 0; index < value.length && left >= 0; index++) {
			left = countMembers(value[index], left);
		}
		return left;
	}
	for (const name in value) {
		left = countMembers(
			(value as Readonly<Record<string, unknown>>)[name],
			left - 1,
		);
		if (left < 0) {
			break;
		}
	}
	return left;
}
