import { compileConversion, isPlainObject } from "./conversion.ts";
import type { Conversion } from "./scalar-conversions.ts";
import { type Shape, someShape } from "./shape.ts";
import { fitsShape } from "./shape-fit.ts";

/** A value of which enough is left to show what is wrong with it. */
export interface Pruned {
	readonly value: unknown;
	/** How many values of the whole certainly don't fit, at least. */
	readonly misfits: number;
}

/**
 * Cuts the lists and records of a value off where more misfits have been seen than will be told. A schema library finds all problems at
 * once and words each: 1 MB of wrong items costs it seconds, and looking at the shapes alone 50 ms. `undefined` where nothing is cut,
 * which holds for all values without long lists.
 *
 * @param limit how many problems will be told
 */
export type Prune = (value: unknown, limit: number) => Pruned | undefined;

/** Compiles the pruning of values of a shape; nothing to do where a value can't hold more than its schema names. */
export function compilePruning(shape: Shape): Prune | undefined {
	if (!someShape(shape, isOpenEnded)) {
		return undefined;
	}
	const conversions = new Map<Shape, Conversion>();
	const length = compileLength(shape);
	return (value, limit) => {
		if (!length(value, 2 * limit)) {
			return undefined;
		}
		const pruner = new Pruner(limit, conversions);
		const pruned = pruner.prune(shape, value);
		return pruned === value
			? undefined
			: { value: pruned, misfits: pruner.misfits };
	};
}

function isOpenEnded({ kind }: Shape): boolean {
	return (
		kind === "list" || kind === "set" || kind === "record" || kind === "map"
	);
}

type IsLonger = (value: unknown, limit: number) => boolean;

/** Compiles {@link isLong} for values of a shape: it looks only where the shape has lists, so that small bodies pay next to nothing. */
function compileLength(
	shape: Shape,
	known: Map<Shape, IsLonger> = new Map(),
): IsLonger {
	const before = known.get(shape);
	if (before !== undefined) {
		return before;
	}
	// a shape that contains itself finds this forward to what is being made
	known.set(shape, (value, limit) => isLonger(value, limit));
	const isLonger = someShape(shape, isOpenEnded)
		? makeLength(shape, (part) => compileLength(part, known))
		: never;
	known.set(shape, isLonger);
	return isLonger;
}

const never: IsLonger = () => false;

function makeLength(
	shape: Shape,
	compile: (part: Shape) => IsLonger,
): IsLonger {
	if (shape.kind === "object" && shape.items === undefined) {
		const fields = Array.from(
			shape.fields,
			([name, field]) => [name, compile(field)] as const,
		).filter(([, isLonger]) => isLonger !== never);
		return (value, limit) =>
			isPlainObject(value) &&
			fields.some(([name, isLonger]) => isLonger(value[name], limit));
	}
	if (shape.kind === "union" && shape.members.length === 1) {
		return compile(shape.members[0] as Shape);
	}
	if (shape.kind === "list" && shape.items !== undefined) {
		const isLonger = compile(shape.items);
		return (value, limit) =>
			Array.isArray(value) &&
			(value.length > limit ||
				(isLonger !== never && value.some((item) => isLonger(item, limit))));
	}
	return isLong;
}

/** Tells whether a list or an object within a value has more members than this. */
function isLong(value: unknown, limit: number): boolean {
	if (typeof value !== "object" || value === null) {
		return false;
	}
	const members = Array.isArray(value) ? value : Object.values(value);
	return (
		members.length > limit || members.some((member) => isLong(member, limit))
	);
}

class Pruner {
	misfits = 0;
	readonly #limit: number;
	readonly #conversions: Map<Shape, Conversion>;

	constructor(limit: number, conversions: Map<Shape, Conversion>) {
		this.#limit = limit;
		this.#conversions = conversions;
	}

	prune(shape: Shape, value: unknown): unknown {
		// what a function makes of a value is not known before
		if (shape.isPreprocessed || (value === null && shape.isNullable)) {
			return value;
		}
		switch (shape.kind) {
			case "list":
			case "set":
				return Array.isArray(value)
					? this.#list(shape.items, value)
					: this.#misfit(value);
			case "record":
			case "map":
				return isPlainObject(value)
					? this.#record(shape.items, value)
					: this.#misfit(value);
			case "object":
				return isPlainObject(value)
					? this.#object(shape, value)
					: this.#misfit(value);
			case "union":
				return shape.members.length === 1
					? this.prune(shape.members[0] as Shape, value)
					: this.#leaf(shape, value);
			default:
				return this.#leaf(shape, value);
		}
	}

	get #isEnough(): boolean {
		return this.misfits > this.#limit;
	}

	#list(items: Shape | undefined, list: readonly unknown[]): unknown {
		if (items === undefined) {
			return list;
		}
		const kept: unknown[] = [];
		let isChanged = false;
		for (const item of list) {
			const isKept = !this.#isEnough;
			const pruned = this.prune(items, item);
			if (isKept) {
				isChanged ||= pruned !== item;
				kept.push(pruned);
			}
		}
		return isChanged || kept.length < list.length ? kept : list;
	}

	#record(
		items: Shape | undefined,
		record: Readonly<Record<string, unknown>>,
	): unknown {
		if (items === undefined) {
			return record;
		}
		const entries = Object.entries(record);
		const kept: [string, unknown][] = [];
		let isChanged = false;
		for (const [name, item] of entries) {
			const isKept = !this.#isEnough;
			const pruned = this.prune(items, item);
			if (isKept) {
				isChanged ||= pruned !== item;
				kept.push([name, pruned]);
			}
		}
		return isChanged || kept.length < entries.length
			? Object.fromEntries(kept)
			: record;
	}

	/** All fields stay: one that is cut off would be a problem of its own. */
	#object(shape: Shape, value: Readonly<Record<string, unknown>>): unknown {
		let changed: [string, unknown][] | undefined;
		for (const [name, field] of shape.fields) {
			const item = value[name];
			if (item === undefined) {
				this.misfits += shape.required.has(name) ? 1 : 0;
				continue;
			}
			const pruned = this.prune(field, item);
			if (pruned !== item) {
				changed ??= [];
				changed.push([name, pruned]);
			}
		}
		return changed === undefined
			? value
			: { ...value, ...Object.fromEntries(changed) };
	}

	/** A value that no schema is asked about any more; one that doesn't fit is cut at all its lists. */
	#leaf(shape: Shape, value: unknown): unknown {
		if (
			fitsShape(shape, value) ||
			fitsShape(shape, this.#convert(shape, value))
		) {
			return value;
		}
		return this.#misfit(value);
	}

	#misfit(value: unknown): unknown {
		this.misfits++;
		return shortened(value, this.#limit + 1);
	}

	#convert(shape: Shape, value: unknown): unknown {
		let convert = this.#conversions.get(shape);
		if (convert === undefined) {
			convert = compileConversion(shape, "json");
			this.#conversions.set(shape, convert);
		}
		return convert(value);
	}
}

/** The value with lists of no more items than this. */
function shortened(value: unknown, length: number): unknown {
	if (!isLong(value, length)) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.slice(0, length).map((item) => shortened(item, length));
	}
	return Object.fromEntries(
		Object.entries(value as object)
			.slice(0, length)
			.map(([name, item]) => [name, shortened(item, length)]),
	);
}
