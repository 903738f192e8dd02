/**
 * Tells whether a claim holds of a schema or of one anywhere within it; one that contains itself is asked once.
 *
 * @param partsOf the schemas that one is made of
 */
export function someWithin<Schema>(
	schema: Schema,
	partsOf: (schema: Schema) => readonly Schema[],
	holds: (schema: Schema) => boolean,
): boolean {
	const seen = new Set<Schema>();
	const some = (each: Schema): boolean => {
		if (seen.has(each)) {
			return false;
		}
		seen.add(each);
		return holds(each) || partsOf(each).some(some);
	};
	return some(schema);
}
