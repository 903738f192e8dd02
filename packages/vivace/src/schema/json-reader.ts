import type { Location } from "../errors/validation-error.ts";
import type { SchemaUse, Validated } from "./schema-use.ts";
import { compileConversion, lateConversion } from "./shape/conversion.ts";
import type { Parsed, ParseOptions } from "./shape/parsed.ts";

/** Reads a value, which is `received` or the part of it that is looked at. */
export type JsonReader = (
	value: unknown,
	received: unknown,
	loc: Location,
	options: ParseOptions,
) => Parsed | Promise<Parsed>;

/** A right value is validated once and costs nothing more; only a wrong one is converted and tried again. */
export function compileJsonReader(use: SchemaUse): JsonReader {
	const { input, withNulls, convertsFirst } = use;
	const lax = use.receiver("json").validate;
	const strict = use.receiver("strict").validate;
	const convert = convertsFirst
		? compileConversion(input, "json")
		: lateConversion(input, "json");
	// of some formats libraries take a form that Pydantic makes another of
	const convertFirst = convertsFirst
		? convert
		: compileConversion(input, "canonical");
	const retry = (
		result: Validated,
		...[value, received, loc, options]: Parameters<JsonReader>
	) => {
		if (result.issues === undefined) {
			return result as Parsed;
		}
		const isConverted = options.strict === true || convertsFirst;
		const converted = isConverted ? value : convert(value);
		return Object.is(converted, value)
			? use.refuse(result.issues, received, loc, options)
			: use.settle(lax(withNulls(converted)), received, loc, options);
	};
	return (value, received, loc, options) => {
		const isStrict = options.strict === true;
		const first = isStrict ? value : convertFirst(value);
		const result = (isStrict ? strict : lax)(withNulls(first));
		if (result instanceof Promise) {
			return result.then((settled) =>
				retry(settled, value, received, loc, options),
			);
		}
		return result.issues === undefined
			? (result as Parsed)
			: retry(result, value, received, loc, options);
	};
}
