/** How many questions stand in each other at the moment. */
let depth = 0;
const inUse = new Set<WalkMemory<unknown>>();

/**
 * Keeps what was found out about parts of a value for as long as the outermost question of any kind lasts. The members of a union each
 * ask about the same parts, and where a schema contains itself every level would double the work: 2^20 times for 150 characters. Nothing
 * is kept longer, since a value may change.
 */
export class WalkMemory<Found> {
	#known: Map<object, Map<object, Found>> | undefined;

	/** Finds something out about a value once; `asked` stands for the question, such as the shape that it is about. */
	once(asked: object, value: unknown, find: () => Found): Found {
		if (typeof value !== "object" || value === null) {
			return find();
		}
		depth++;
		try {
			const known = this.#knownOf(value);
			if (known.has(asked)) {
				return known.get(asked) as Found; // it is there, though it may be undefined
			}
			const found = find();
			known.set(asked, found);
			return found;
		} finally {
			depth--;
			if (depth === 0) {
				forgetAll();
			}
		}
	}

	forget(): void {
		this.#known = undefined;
	}

	#knownOf(value: object): Map<object, Found> {
		if (this.#known === undefined) {
			this.#known = new Map();
			inUse.add(this);
		}
		let known = this.#known.get(value);
		if (known === undefined) {
			known = new Map();
			this.#known.set(value, known);
		}
		return known;
	}
}

function forgetAll(): void {
	for (const memory of inUse) {
		memory.forget();
	}
	inUse.clear();
}
