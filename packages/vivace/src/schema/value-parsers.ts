import type { Location } from "../errors/validation-error.ts";
import type { CompiledSchema } from "./compiled-schema.ts";
import { kindOfShape } from "./schema-field.ts";
import type { SchemaUse, Validated } from "./schema-use.ts";
import type { AbsentValue } from "./shape/absent-value.ts";
import { compileConversion, unchanged } from "./shape/conversion.ts";
import type { Parsed } from "./shape/parsed.ts";
import { coreShape } from "./shape/shape.ts";

/** The reader of single texts. */
export function compileTextParser(
	use: SchemaUse,
	absent: AbsentValue,
): CompiledSchema["parseText"] {
	const { validate, input } = use;
	const fromText = compileConversion(input, "text");
	const isList = kindOfShape(input) === "list";
	return (text, loc) => {
		if (text === undefined) {
			return absent.parse(loc);
		}
		// a lone value of a list is a list of one, also in errors
		const received = isList && typeof text === "string" ? [text] : text;
		return use.settle(validate(fromText(received)), received, loc);
	};
}

/** The reader of parameter models. */
export function compileModelParser(
	use: SchemaUse,
): CompiledSchema["parseTexts"] {
	const { validate, input, withNulls } = use;
	const fromText = compileConversion(input, "text");
	const complete = completion(use);
	const { fields } = coreShape(input);
	const defaults = Object.fromEntries(
		Array.from(fields, ([name, field]) => [name, field.default]).filter(
			([, value]) => value !== undefined && value !== null,
		),
	);
	return (texts, loc) => {
		const result = validate(withNulls(fromText(texts)));
		const isRight = !(result instanceof Promise) && result.issues === undefined;
		// FastAPI shows what it received with the defaults of what it did not
		const received = isRight ? texts : { ...defaults, ...texts };
		return complete(use.settle(result, received, loc));
	};
}

/** The reader of JSON: a right body is validated once and costs nothing more; only a wrong one is converted and tried again. */
export function compileJsonParser(
	use: SchemaUse,
	absent: AbsentValue,
): CompiledSchema["parseJson"] {
	const { validate, input, withNulls, convertsFirst } = use;
	const convert = compileConversion(input, "json");
	const complete = completion(use);
	const retry = (
		result: Validated,
		value: unknown,
		loc: Location,
		isStrict: boolean,
	) => {
		if (result.issues === undefined) {
			return result as Parsed;
		}
		const converted = isStrict || convertsFirst ? value : convert(value);
		return Object.is(converted, value)
			? use.refuse(result.issues, value, loc, isStrict)
			: use.settle(validate(withNulls(converted)), value, loc);
	};
	const parse = (value: unknown, loc: Location, isStrict: boolean) => {
		const first = convertsFirst && !isStrict ? convert(value) : value;
		const result = validate(withNulls(first));
		return result instanceof Promise
			? result.then((settled) => retry(settled, value, loc, isStrict))
			: retry(result, value, loc, isStrict);
	};
	return (value, loc, options) =>
		value === undefined
			? absent.parse(loc)
			: complete(parse(value, loc, options?.strict === true));
}

/** What may be null and has no default is null where it is absent, also in what a transform has made. */
function completion(
	use: SchemaUse,
): (parsed: Parsed | Promise<Parsed>) => Parsed | Promise<Parsed> {
	const fill = use.withOutputNulls;
	if (fill === unchanged) {
		return (parsed) => parsed;
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
