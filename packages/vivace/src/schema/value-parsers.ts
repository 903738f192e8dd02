import type { Location } from "../errors/validation-error.ts";
import type { CompiledSchema } from "./compiled-schema.ts";
import { kindOfShape } from "./schema-field.ts";
import type { SchemaUse, Validated } from "./schema-use.ts";
import type { AbsentValue } from "./shape/absent-value.ts";
import { compileConversion, lateConversion } from "./shape/conversion.ts";
import type { Parsed, ParseOptions } from "./shape/parsed.ts";
import { compilePruning } from "./shape/pruning.ts";
import { unchanged } from "./shape/scalar-conversions.ts";
import { coreShape } from "./shape/shape.ts";

/** The reader of single texts. */
export function compileTextParser(
	use: SchemaUse,
	absent: AbsentValue,
): CompiledSchema["parseText"] {
	const { input } = use;
	const validate = use.receiver("text");
	const fromText = compileConversion(input, "text");
	const isList = kindOfShape(input) === "list";
	return (text, loc, options) => {
		if (text === undefined) {
			return absent.parse(loc);
		}
		// a lone value of a list is a list of one, also in errors
		const received = isList && typeof text === "string" ? [text] : text;
		return use.settle(validate(fromText(received)), received, loc, options);
	};
}

/** The reader of parameter models. */
export function compileModelParser(
	use: SchemaUse,
): CompiledSchema["parseTexts"] {
	const { input, withNulls } = use;
	const validate = use.receiver("text");
	const fromText = compileConversion(input, "text");
	const complete = completion(use);
	const { fields } = coreShape(input);
	const defaults = Object.fromEntries(
		Array.from(fields, ([name, field]) => [name, field.default]).filter(
			([, value]) => value !== undefined && value !== null,
		),
	);
	return (texts, loc, options) => {
		const result = validate(withNulls(fromText(texts)));
		const isRight = !(result instanceof Promise) && result.issues === undefined;
		// FastAPI shows what it received with the defaults of what it did not
		const received = isRight ? texts : { ...defaults, ...texts };
		const parsed = use.settle(result, received, loc, options);
		return complete === undefined ? parsed : complete(parsed);
	};
}

/** The reader of JSON: a right body is validated once and costs nothing more; only a wrong one is converted and tried again. */
export function compileJsonParser(
	use: SchemaUse,
	absent: AbsentValue,
): CompiledSchema["parseJson"] {
	const parse = compileJsonReader(use);
	const complete = completion(use);
	const prune = compilePruning(use.input);
	const whole: CompiledSchema["parseJson"] = (value, loc, options = {}) => {
		const parsed = parse(value, value, loc, options);
		return complete === undefined ? parsed : complete(parsed);
	};
	return (value, loc, options = {}) => {
		if (value === undefined) {
			return absent.parse(loc);
		}
		const { problems: limit = 100, isShort } = options;
		const pruned = isShort === true ? undefined : prune?.(value, limit);
		if (pruned === undefined) {
			return whole(value, loc, options);
		}
		const conclude = (parsed: Parsed): Parsed | Promise<Parsed> =>
			parsed.errors !== undefined && parsed.errors.length >= limit
				? {
						...parsed,
						more: Math.max(parsed.more ?? 0, pruned.misfits - limit),
					}
				: whole(value, loc, options);
		const parsed = parse(pruned.value, value, loc, options);
		return parsed instanceof Promise ? parsed.then(conclude) : conclude(parsed);
	};
}

/** Reads a value, which is `received` or the part of it that is looked at. */
type JsonReader = (
	value: unknown,
	received: unknown,
	loc: Location,
	options: ParseOptions,
) => Parsed | Promise<Parsed>;

function compileJsonReader(use: SchemaUse): JsonReader {
	const { input, withNulls, convertsFirst } = use;
	const lax = use.receiver("json");
	const strict = lax === use.validate ? lax : use.receiver("strict");
	const convert = convertsFirst
		? compileConversion(input, "json")
		: lateConversion(input, "json");
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
		const first = convertsFirst && !isStrict ? convert(value) : value;
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

/**
 * A value that may be null and has no default is null where it is absent, also in what a transform has made; `undefined` where a schema
 * has no such values.
 */
function completion(
	use: SchemaUse,
):
	| ((parsed: Parsed | Promise<Parsed>) => Parsed | Promise<Parsed>)
	| undefined {
	const fill = use.withOutputNulls;
	if (fill === unchanged) {
		return undefined;
	}
	const complete = (parsed: Parsed): Parsed => {
		if (parsed.errors !== undefined) {
			return parsed;
		}
		const value = fill(parsed.value);
		return value === parsed.value ? parsed : { value };
	};
	return (parsed) =>
		parsed instanceof Promise ? parsed.then(complete) : complete(parsed);
}
