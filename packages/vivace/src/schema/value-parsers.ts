import type { CompiledSchema } from "./compiled-schema.ts";
import { kindOfShape } from "./schema-field.ts";
import type { SchemaUse } from "./schema-use.ts";
import type { AbsentValue } from "./shape/absent-value.ts";
import { compileConversion } from "./shape/conversion.ts";
import type { Parsed } from "./shape/parsed.ts";
import { unchanged } from "./shape/scalar-conversions.ts";
import { coreShape } from "./shape/shape.ts";

/** The reader of single texts. */
export function compileTextParser(
	use: SchemaUse,
	absent: AbsentValue,
): CompiledSchema["parseText"] {
	const { input } = use;
	const { validate, passes } = use.receiver("text");
	const fromText = compileConversion(input, "text");
	const isList = kindOfShape(input) === "list";
	return (text, loc, options) => {
		if (text === undefined) {
			return absent.parse(loc);
		}
		// a lone value of a list is a list of one, also in errors
		const received = isList && typeof text === "string" ? [text] : text;
		const value = fromText(received);
		return passes?.(value) === true
			? { value }
			: use.settle(validate(value), received, loc, options);
	};
}

/** The reader of parameter models. */
export function compileModelParser(
	use: SchemaUse,
): CompiledSchema["parseTexts"] {
	const { input, withNulls } = use;
	const { validate } = use.receiver("text");
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

/**
 * A value that may be null and has no default is null where it is absent, also in what a transform has made; `undefined` where a schema
 * has no such values.
 */
export function completion(
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
