import type { Location } from "../errors/validation-error.ts";
import type { JsonReader } from "./json-reader.ts";
import type { SchemaUse } from "./schema-use.ts";
import { compileConversion, lateConversion } from "./shape/conversion.ts";
import type { Parsed, ParseOptions } from "./shape/parsed.ts";
import { sampleOf } from "./shape/sample.ts";

/** A value of more members is large. */
export const largeSize = 5000;
const firstSize = 1000;

/**
 * The reader of values that may be large. A schema library finds all problems at once and words each, which takes seconds for 1 MB of wrong items. So a
 * value is validated up to its first problem, where the library can do that, and where it has one, or nobody knows, a part of it, then
 * larger parts, until as many problems are found as will be told.
 *
 * @param isLarge tells of a value that is worth that
 */
export function compileLongReader(
	use: SchemaUse,
	read: JsonReader,
	isLarge: (value: unknown) => boolean,
): (
	value: unknown,
	loc: Location,
	options: ParseOptions,
) => Parsed | Promise<Parsed> {
	const readIfRight = compileQuickReader(use);
	const { isQuickFree = false } = use.receiver("json");
	const readSample = (
		size: number,
		value: unknown,
		loc: Location,
		options: ParseOptions,
	): Parsed | Promise<Parsed> => {
		const { problems: limit = 100 } = options;
		const sample = sampleOf(use.input, value, size);
		if (sample === undefined) {
			return read(value, value, loc, options);
		}
		const conclude = (parsed: Parsed): Parsed | Promise<Parsed> =>
			parsed.errors !== undefined && parsed.errors.length >= limit
				? { ...parsed, isUncounted: true }
				: readSample(size * 16, value, loc, options);
		const parsed = read(sample.value, value, loc, { ...options, sample });
		return parsed instanceof Promise ? parsed.then(conclude) : conclude(parsed);
	};
	return (value, loc, options) => {
		const right = isQuickFree ? readIfRight(value, options) : undefined;
		if (right !== undefined) {
			return right;
		}
		return isLarge(value)
			? ((isQuickFree ? undefined : readIfRight(value, options)) ??
					readSample(firstSize, value, loc, options))
			: read(value, value, loc, options);
	};
}

/** Gives a value if it is right and its library can tell that without finding all that might be wrong. */
function compileQuickReader(
	use: SchemaUse,
): (value: unknown, options: ParseOptions) => Parsed | undefined {
	const { input, withNulls, convertsFirst } = use;
	const lax = use.receiver("json").validateQuickly;
	const strict = use.receiver("strict").validateQuickly;
	if (lax === undefined || strict === undefined) {
		return () => undefined;
	}
	const convert = lateConversion(input, "json");
	// as a short value is read
	const convertFirst = convertsFirst
		? convert
		: compileConversion(input, "canonical");
	const rightOf = (value: unknown, validate: typeof lax) => {
		const result = validate(withNulls(value));
		return result === undefined || result.issues !== undefined
			? undefined
			: (result as Parsed); // a success has its form
	};
	return (value, options) => {
		if (options.strict === true) {
			return rightOf(value, strict);
		}
		const first = convertFirst(value);
		const right = rightOf(first, lax);
		if (right !== undefined || convertsFirst) {
			return right;
		}
		const converted = convert(value);
		return Object.is(converted, value) ? undefined : rightOf(converted, lax);
	};
}
