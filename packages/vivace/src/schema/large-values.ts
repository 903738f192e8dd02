import type { Location } from "../errors/validation-error.ts";
import type { JsonReader } from "./json-reader.ts";
import type { SchemaUse } from "./schema-use.ts";
import { lateConversion } from "./shape/conversion.ts";
import type { Parsed, ParseOptions } from "./shape/parsed.ts";
import { sampleOf } from "./shape/sample.ts";

/** A value of more members is large. */
export const largeSize = 5000;
/** Little beside it, so that a right value takes little longer than it must. */
const firstSize = 1000;

/**
 * The reader of large values. A schema library finds all problems at once and words each, which takes seconds for 1 MB of wrong items. So
 * a part of a value is validated first, then the value up to its first problem, where the library can do that, then larger parts, until
 * as many problems are found as will be told.
 */
export function compileLargeReader(
	use: SchemaUse,
	read: JsonReader,
): (
	value: unknown,
	loc: Location,
	options: ParseOptions,
) => Parsed | Promise<Parsed> {
	const readIfRight = compileQuickReader(use);
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
		const conclude = (parsed: Parsed): Parsed | Promise<Parsed> => {
			if (parsed.errors !== undefined && parsed.errors.length >= limit) {
				return { ...parsed, isUncounted: true };
			}
			return (
				(size === firstSize ? readIfRight(value, options) : undefined) ??
				readSample(size * 16, value, loc, options)
			);
		};
		const parsed = read(sample.value, value, loc, { ...options, sample });
		return parsed instanceof Promise ? parsed.then(conclude) : conclude(parsed);
	};
	return (value, loc, options) => readSample(firstSize, value, loc, options);
}

/** Gives a value if it is right and its library can tell that without finding all that might be wrong. */
function compileQuickReader(
	use: SchemaUse,
): (value: unknown, options: ParseOptions) => Parsed | undefined {
	const { input, withNulls, convertsFirst } = use;
	const lax = use.receiver("json").validateQuickly;
	const strict = use.receiver("strict").validateQuickly;
	const convert = lateConversion(input, "json");
	const rightOf = (value: unknown, validate: typeof lax) => {
		const result = validate?.(withNulls(value));
		return result === undefined || result.issues !== undefined
			? undefined
			: (result as Parsed); // a success has its form
	};
	return (value, options) => {
		if (options.strict === true) {
			return rightOf(value, strict);
		}
		const right = convertsFirst ? undefined : rightOf(value, lax);
		if (right !== undefined) {
			return right;
		}
		const converted = convert(value);
		return convertsFirst || !Object.is(converted, value)
			? rightOf(converted, lax)
			: undefined;
	};
}
