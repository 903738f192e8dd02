import type { Location } from "../errors/validation-error.ts";
import type { Validate } from "./library/schema-library.ts";
import { compileNonFiniteResult } from "./non-finite-result.ts";
import type { SchemaUse, Validated } from "./schema-use.ts";
import { compileConversion, lateConversion } from "./shape/conversion.ts";
import { compileNullFields } from "./shape/null-fields.ts";
import type { Parsed, ResultEncoder } from "./shape/parsed.ts";
import { unchanged } from "./shape/scalar-conversions.ts";

/**
 * Compiles the way of a result to the wire: fill in null for what is absent and may be null, validate, and where the schema holds dates,
 * sets, maps or big integers, encode.
 * A schema with codecs is run backwards, from its output to its input.
 */
export function resultEncoder(use: SchemaUse): ResultEncoder {
	const { input, library, schema } = use;
	const backwards = library.backwards?.(schema, input);
	const validate = backwards ?? use.validate;
	const isBackwards = backwards !== undefined;
	// the value that goes in, and the one that comes out for the wire
	const withNulls = isBackwards ? compileNullFields(use.output) : use.withNulls;
	const complete = isBackwards ? use.withNulls : use.withOutputNulls;
	const toWire = compileConversion(
		isBackwards ? input : use.output,
		library.dropsUnknown ? "wire" : "bare-wire",
	);
	const convert = lateConversion(input, "result");
	const convertsFirst = use.convertsFirst && !isBackwards;
	const isKept = toWire === unchanged && complete === unchanged;

	const finite = compileNonFiniteResult(input);

	const encodeValid = (result: Validated, value: unknown, loc: Location) => {
		if (result.issues !== undefined) {
			return use.refuse(result.issues, value, loc);
		}
		if (isKept) {
			return result as Parsed;
		}
		return { value: toWire(complete(result.value)) };
	};
	let tolerant: Validate | "unread" | undefined = "unread";
	/** NaN and infinities in place of numbers, which JSON has as null; `undefined` where that is not it. */
	const retryNumbers = (value: unknown) => {
		if (tolerant === "unread") {
			tolerant = use.validateNonFinite;
		}
		return tolerant === undefined
			? finite(value, (given) => validate(withNulls(given)))
			: tolerant(withNulls(value));
	};
	const encodeOrRetry = (result: Validated, value: unknown, loc: Location) => {
		if (result.issues === undefined) {
			return encodeValid(result, value, loc);
		}
		const { issues } = result;
		const retryConverted = (): Parsed | Promise<Parsed> => {
			const converted = convert(value);
			return Object.is(converted, value)
				? use.refuse(issues, value, loc)
				: settle(validate(withNulls(converted)), (retried) =>
						retried.issues === undefined
							? encodeValid(retried, value, loc)
							: settle(retryNumbers(converted) ?? retried, (last) =>
									encodeValid(last, value, loc),
								),
					);
		};
		return settle(retryNumbers(value) ?? result, (retried) =>
			retried.issues === undefined
				? encodeValid(retried, value, loc)
				: retryConverted(),
		);
	};
	const copyPlain = isBackwards ? undefined : use.plainCopier;
	return (value, loc) => {
		const copy = copyPlain?.(value);
		if (copy !== undefined) {
			return { value: isKept ? copy : toWire(complete(copy)) };
		}
		const first = convertsFirst ? convert(value) : value;
		const result = validate(withNulls(first));
		if (result instanceof Promise) {
			return result.then((settled) => encodeOrRetry(settled, value, loc));
		}
		return isKept && result.issues === undefined
			? (result as Parsed) // most answers: two calls less
			: encodeOrRetry(result, value, loc);
	};
}

function settle(
	result: Validated | Promise<Validated>,
	next: (result: Validated) => Parsed | Promise<Parsed>,
): Parsed | Promise<Parsed> {
	return result instanceof Promise ? result.then(next) : next(result);
}
