/**
 * Keeps what was found out about parts of a value for as long as one run of a validation lasts, which may wait. A run is known by the
 * context object that the library hands down in it.
 */
export class RunMemory<Found> {
	readonly #runs = new WeakMap<object, Map<object, Map<object, Found>>>();

	/** Finds something out about a value once a run; `asked` stands for the question, such as the schema that is asked. */
	once(run: object, asked: object, value: unknown, find: () => Found): Found {
		if (typeof value !== "object" || value === null) {
			return find();
		}
		const known = this.#knownOf(run, value);
		if (known.has(asked)) {
			return known.get(asked) as Found; // it is there, though it may be undefined
		}
		const found = find();
		known.set(asked, found);
		return found;
	}

	#knownOf(run: object, value: object): Map<object, Found> {
		let values = this.#runs.get(run);
		if (values === undefined) {
			values = new Map();
			this.#runs.set(run, values);
		}
		let known = values.get(value);
		if (known === undefined) {
			known = new Map();
			values.set(value, known);
		}
		return known;
	}
}
