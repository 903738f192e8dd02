import { isPlainObject } from "./plain-object.ts";
import { type Conversion, unchanged } from "./scalar-conversions.ts";
import { acceptsNull, type Shape, someShape } from "./shape.ts";
import { fitsShape } from "./shape-fit.ts";
import { mostSet } from "./union-choice.ts";
import { WalkMemory } from "./walk-memory.ts";

/**
 * Compiles what gives a validated value null for each field that may be null, has no default and is absent, at any depth of objects,
 * lists, sets, records and maps: a model of FastAPI always has all of its fields. The value itself comes back where nothing is missing.
 */
export function compileNullFields(shape: Shape): Conversion {
	return compile(shape, new Map());
}

/** Tells whether a schema may fill in a default that itself lacks fields: it does so after all else, and they have to be null too. */
export function hasIncompleteDefault(shape: Shape): boolean {
	if (!shape.isDefaulted) {
		return false;
	}
	const fill = compileNullFields(shape);
	return (
		fill !== unchanged &&
		(shape.default === undefined ||
			JSON.stringify(fill(shape.default)) !== JSON.stringify(shape.default))
	);
}

function compile(shape: Shape, known: Map<Shape, Conversion>): Conversion {
	const before = known.get(shape);
	if (before !== undefined) {
		return before;
	}
	if (shape.isPreprocessed || !someShape(shape, isCompleted)) {
		return unchanged;
	}
	// a shape that contains itself finds this forward to the conversion that is being made
	known.set(shape, (value) => conversion(value));
	const conversion = make(shape, (part) => compile(part, known));
	known.set(shape, conversion);
	return conversion;
}

function isCompleted(shape: Shape): boolean {
	if (shape.kind === "object") {
		for (const [name, field] of shape.fields) {
			if (isFilled(shape, name, field) || isInherited(name)) {
				return true;
			}
		}
	}
	return false;
}

/** `constructor`, `toString`: a library that asks an object for such a field is given what all objects have. */
function isInherited(name: string): boolean {
	return name in Object.prototype;
}

function isFilled(shape: Shape, name: string, field: Shape): boolean {
	return !field.isDefaulted && !shape.required.has(name) && acceptsNull(field);
}

function nullNames(shape: Shape): string[] {
	return [...shape.fields]
		.filter(([name, field]) => isFilled(shape, name, field))
		.map(([name]) => name);
}

type CompilePart = (shape: Shape) => Conversion;

function make(shape: Shape, compilePart: CompilePart): Conversion {
	switch (shape.kind) {
		case "list":
		case "tuple":
			return inList(shape, compilePart);
		case "record":
			return inRecord(shape, compilePart);
		case "set":
			return inSet(shape, compilePart);
		case "map":
			return inMap(shape, compilePart);
		case "object":
			return inObject(shape, compilePart);
		case "union":
			return inUnion(shape, compilePart);
		default:
			return unchanged;
	}
}

function inList(shape: Shape, compilePart: CompilePart): Conversion {
	const positions = shape.positions.map(compilePart);
	const rest = shape.items === undefined ? unchanged : compilePart(shape.items);
	return (value) =>
		Array.isArray(value)
			? positions.length === 0
				? value.map((item) => rest(item))
				: value.map((item, index) => (positions[index] ?? rest)(item))
			: value;
}

function inRecord(shape: Shape, compilePart: CompilePart): Conversion {
	const complete =
		shape.items === undefined ? unchanged : compilePart(shape.items);
	return (value) =>
		isPlainObject(value)
			? Object.fromEntries(
					Object.entries(value).map(([name, item]) => [name, complete(item)]),
				)
			: value;
}

function inSet(shape: Shape, compilePart: CompilePart): Conversion {
	const complete =
		shape.items === undefined ? unchanged : compilePart(shape.items);
	return (value) =>
		value instanceof Set ? new Set(Array.from(value, complete)) : value;
}

function inMap(shape: Shape, compilePart: CompilePart): Conversion {
	const complete =
		shape.items === undefined ? unchanged : compilePart(shape.items);
	return (value) =>
		value instanceof Map
			? new Map(Array.from(value, ([key, item]) => [key, complete(item)]))
			: value;
}

function inObject(shape: Shape, compilePart: CompilePart): Conversion {
	const names = nullNames(shape);
	const required = [...shape.required].filter((name) => !names.includes(name));
	const isPresent = new Set([...names, ...required]);
	// so that the fields stand in the order of their declaration
	const template = Object.fromEntries(
		[...shape.fields.keys()]
			.filter((name) => isPresent.has(name))
			.map((name) => [name, null]),
	);
	const parts = Array.from(
		shape.fields,
		([name, field]) => [name, compilePart(field)] as const,
	).filter(([, complete]) => complete !== unchanged);
	const inheritsNothing = [...shape.fields.keys()].some(isInherited);
	return (given) => {
		if (!isPlainObject(given)) {
			return given;
		}
		const value = inheritsNothing ? withoutPrototype(given) : given;
		let copy: Record<string, unknown> | undefined;
		for (const name of names) {
			if (value[name] !== undefined) {
				continue;
			}
			copy ??= inOrder(template, value, required);
			copy[name] = null;
		}
		for (const [name, complete] of parts) {
			const completed = complete(value[name]);
			if (completed === value[name]) {
				continue;
			}
			copy ??= { ...value };
			copy[name] = completed;
		}
		const made = copy ?? value;
		return inheritsNothing ? withoutPrototype(made) : made;
	};
}

/** Keeps the order of the fields; a required one that is absent stays so, also where null would do for it. */
function inOrder(
	template: Readonly<Record<string, null>>,
	value: Readonly<Record<string, unknown>>,
	required: readonly string[],
): Record<string, unknown> {
	// a spread onto what has members takes half as long again
	let copy: Record<string, unknown> = { ...template };
	for (const name in value) {
		if (name === "__proto__") {
			copy = { ...copy, ...value };
			break;
		}
		copy[name] = value[name];
	}
	for (const name of required) {
		if (value[name] === undefined) {
			delete copy[name];
		}
	}
	return copy;
}

function withoutPrototype(
	value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
	return Object.setPrototypeOf({ ...value }, null);
}

const completed = new WalkMemory<unknown>();

function inUnion(shape: Shape, compilePart: CompilePart): Conversion {
	const members = shape.members.map((member) => ({
		shape: member,
		complete: compilePart(member),
	}));
	const only = members.length === 1 ? members[0] : undefined;
	if (only !== undefined) {
		// each looks for itself whether there is anything to do: a deep value would be looked through at every level
		return only.complete;
	}
	return (value) => {
		if (typeof value !== "object" || value === null) {
			return value;
		}
		return completed.once(members, value, () => {
			const meant = members.filter((member) => fitsShape(member.shape, value));
			return mostSet(meant, value)?.complete(value) ?? value;
		});
	};
}
