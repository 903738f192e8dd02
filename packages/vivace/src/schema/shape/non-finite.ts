import type { Problem } from "../words/problem.ts";
import { isPlainObject } from "./plain-object.ts";
import { type Shape, someShape } from "./shape.ts";

type Path = readonly (string | number)[];

/** Adds a problem for each number of a value that is not finite. */
type Look = (value: unknown, path: Path, found: Found) => void;

interface Found {
	readonly problems: Problem[];
	/** The values that members of a union have looked at: in a schema that contains itself each would do so again at every level. */
	readonly seen: Map<object, Set<unknown>>;
}

/**
 * Compiles the search for the infinities and NaN where a shape has numbers; `undefined` where it has none. JSON has no such numbers, but
 * `1e400` is read as one, and so is `inf` in a text: what a library takes for a number would be null in the answer.
 */
export function compileNonFinite(
	shape: Shape,
	isNumeric: (shape: Shape) => boolean = isNumber,
): ((value: unknown) => readonly Problem[]) | undefined {
	if (!someShape(shape, isNumeric)) {
		return undefined;
	}
	const look = compile(shape, { known: new Map(), isNumeric });
	return (value) => {
		const problems: Problem[] = [];
		look(value, [], { problems, seen: new Map() });
		return problems;
	};
}

function isNumber({ kind }: Shape): boolean {
	return kind === "number" || kind === "integer";
}

interface Making {
	readonly known: Map<Shape, Look>;
	readonly isNumeric: (shape: Shape) => boolean;
}

function compile(shape: Shape, making: Making): Look {
	const { known, isNumeric } = making;
	const before = known.get(shape);
	if (before !== undefined) {
		return before;
	}
	// a shape that contains itself finds this forward to what is being made
	known.set(shape, (value, path, found) => look(value, path, found));
	const look = isNumeric(shape)
		? lookAtNumber
		: someShape(shape, isNumeric)
			? make(shape, (part) => compile(part, making))
			: lookNowhere;
	known.set(shape, look);
	return look;
}

const lookNowhere: Look = () => {};

const lookAtNumber: Look = (value, path, { problems }) => {
	if (typeof value === "number" && !Number.isFinite(value)) {
		problems.push({ path, about: "type", expected: "number" });
	}
};

function make(shape: Shape, compilePart: (part: Shape) => Look): Look {
	switch (shape.kind) {
		case "union":
			return lookInOne(shape.members.map(compilePart));
		case "object":
		case "record":
		case "map":
			return lookInMembers(shape, compilePart);
		case "list":
		case "set":
		case "tuple":
			return lookInItems(shape, compilePart);
		default:
			return lookNowhere;
	}
}

/** Joins the looks of several members, so that each finding is told once. */
function lookInOne(members: readonly Look[]): Look {
	return (value, path, found) => {
		if (typeof value === "object" && value !== null) {
			const seen = found.seen.get(value) ?? new Set();
			if (seen.has(members)) {
				return;
			}
			found.seen.set(value, seen.add(members));
		}
		const before = found.problems.length;
		for (const look of members) {
			look(value, path, found);
			if (found.problems.length > before) {
				return;
			}
		}
	};
}

function lookInMembers(shape: Shape, compilePart: (part: Shape) => Look): Look {
	const fields = Array.from(
		shape.fields,
		([name, field]) => [name, compilePart(field)] as const,
	).filter(([, look]) => look !== lookNowhere);
	const others = shape.items && compilePart(shape.items);
	return (value, path, found) => {
		const entries = entriesOf(value);
		if (entries === undefined) {
			return;
		}
		if (isPlainObject(value)) {
			for (const [name, look] of fields) {
				look(value[name], [...path, name], found);
			}
		}
		if (others !== undefined) {
			for (const [name, member] of entries()) {
				if (!shape.fields.has(name)) {
					others(member, [...path, name], found);
				}
			}
		}
	};
}

function entriesOf(
	value: unknown,
): (() => Iterable<[string, unknown]>) | undefined {
	if (value instanceof Map) {
		return () => value as Map<string, unknown>; // of JSON, whose names are texts
	}
	return isPlainObject(value) ? () => Object.entries(value) : undefined;
}

function lookInItems(shape: Shape, compilePart: (part: Shape) => Look): Look {
	const positions = shape.positions.map(compilePart);
	const rest = shape.items && compilePart(shape.items);
	return (value, path, found) => {
		if (!(Array.isArray(value) || value instanceof Set)) {
			return;
		}
		let index = 0;
		for (const item of value) {
			(positions[index] ?? rest)?.(item, [...path, index], found);
			index++;
		}
	};
}
