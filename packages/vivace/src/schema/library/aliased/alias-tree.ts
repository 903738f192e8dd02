import type { Shape } from "../../shape/shape.ts";
import { type AliasRule, wireNames } from "./field-names.ts";

/** A field of an object in a value, by its own name. */
export interface AliasedField {
	readonly own: string;
	/** The first is the one that is written. */
	readonly names: readonly [string, ...string[]];
	readonly tree: AliasTree;
}

/** The names in a value of a schema, whichever member of a union it may be. */
export interface AliasTree {
	/** By own name; `undefined` where no object is expected. */
	readonly fields: ReadonlyMap<string, AliasedField> | undefined;
	/** Of what a list, set, record or map holds, and of an object's further fields. */
	readonly items: AliasTree | undefined;
	readonly positions: readonly AliasTree[];
	/** Further fields of an object are kept. */
	readonly isOpen: boolean;
}

/**
 * The names in a schema's values; parts are read when they are asked for, so that a schema may contain itself.
 */
export function aliasTree(
	shapes: readonly Shape[],
	rule: AliasRule,
): AliasTree {
	const trees = new Map<Shape, AliasTree>();
	const treeOf = (parts: readonly Shape[], isRoot = false): AliasTree => {
		const [only, ...more] = parts;
		if (only === undefined) {
			return leaf;
		}
		if (more.length > 0 || isRoot) {
			return new LazyTree(parts, rule, isRoot, treeOf);
		}
		let tree = trees.get(only);
		if (tree === undefined) {
			tree = new LazyTree(parts, rule, false, treeOf);
			trees.set(only, tree);
		}
		return tree;
	};
	return treeOf(shapes, true);
}

const leaf: AliasTree = {
	fields: undefined,
	items: undefined,
	positions: [],
	isOpen: false,
};

type TreeOf = (shapes: readonly Shape[]) => AliasTree;

class LazyTree implements AliasTree {
	readonly isOpen: boolean;
	readonly #parts: readonly Shape[];
	readonly #rule: AliasRule;
	readonly #isRoot: boolean;
	readonly #treeOf: TreeOf;
	#fields: ReadonlyMap<string, AliasedField> | undefined;
	#items: AliasTree | undefined;
	#positions: readonly AliasTree[] | undefined;

	constructor(
		shapes: readonly Shape[],
		rule: AliasRule,
		isRoot: boolean,
		treeOf: TreeOf,
	) {
		this.#parts = [...new Set(shapes.flatMap(unionMembers))];
		this.#rule = rule;
		this.#isRoot = isRoot;
		this.#treeOf = treeOf;
		this.isOpen = this.#objects.some(({ items }) => items !== undefined);
	}

	get fields(): AliasTree["fields"] {
		if (this.#objects.length === 0) {
			return undefined;
		}
		this.#fields ??= this.#readFields();
		return this.#fields;
	}

	get items(): AliasTree | undefined {
		const items = this.#parts.flatMap((part) => part.items ?? []);
		this.#items ??= items.length === 0 ? undefined : this.#treeOf(items);
		return this.#items;
	}

	get positions(): readonly AliasTree[] {
		this.#positions ??= this.#parts.flatMap(({ positions }) =>
			positions.map((position) => this.#treeOf([position])),
		);
		return this.#positions;
	}

	get #objects(): readonly Shape[] {
		return this.#parts.filter(({ kind }) => kind === "object");
	}

	#readFields(): ReadonlyMap<string, AliasedField> {
		const shapes = new Map<string, Shape[]>();
		for (const object of this.#objects) {
			for (const [own, field] of object.fields) {
				shapes.set(own, [...(shapes.get(own) ?? []), field]);
			}
		}
		const fields = new Map<string, AliasedField>();
		for (const [own, found] of shapes) {
			const names = wireNames(own, this.#rule, this.#isRoot);
			fields.set(own, { own, names, tree: this.#treeOf(found) });
		}
		return fields;
	}
}

/** The members of a union, at any depth; a shape that contains itself as a member once. */
export function unionMembers(shape: Shape): readonly Shape[] {
	const found = new Set<Shape>();
	const add = (part: Shape): void => {
		if (!found.has(part)) {
			found.add(part);
			part.members.forEach(add);
		}
	};
	add(shape);
	return [...found];
}

/** The tree of a part of a value, as a path leads to it. */
export function treeAt(tree: AliasTree, step: string | number): AliasTree {
	const field =
		typeof step === "string" ? tree.fields?.get(step)?.tree : undefined;
	const position = typeof step === "number" ? tree.positions[step] : undefined;
	return field ?? position ?? tree.items ?? leaf;
}
