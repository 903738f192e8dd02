/** The places of what was found already, by the finding: two sides of an intersection may find the same. */
export class KnownPlaces {
	readonly #known = new Map<object, Set<string>>();

	/** Notes a finding; false where it was noted at this place before. `undefined` is always new. */
	note(found: object | undefined, path: readonly PropertyKey[]): boolean {
		if (found === undefined) {
			return true;
		}
		let places = this.#known.get(found);
		if (places === undefined) {
			places = new Set();
			this.#known.set(found, places);
		}
		const place = JSON.stringify(path.map(String));
		const isNew = !places.has(place);
		places.add(place);
		return isNew;
	}
}
