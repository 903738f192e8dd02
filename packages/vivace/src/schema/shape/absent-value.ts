import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Location } from "../../errors/validation-error.ts";
import { missingDetail } from "../words/error-details.ts";
import type { Parsed } from "./parsed.ts";
import { acceptsNull, type Shape } from "./shape.ts";

/** The treatment of a parameter that is not there. */
export interface AbsentValue {
	/** Absence is refused. */
	readonly isRequired: boolean;
	parse(loc: Location): Parsed | Promise<Parsed>;
}

/** The part of a schema's use that is asked here. */
interface AbsentUse {
	readonly validate: StandardSchemaV1["~standard"]["validate"];
	readonly input: Shape;
	readonly library: { readonly nullsFirst: boolean };
	settle(
		result: Validated | Promise<Validated>,
		received: unknown,
		loc: Location,
	): Parsed | Promise<Parsed>;
}

/**
 * Finds out once what a schema makes of `undefined`: a refusal, nothing, or a default, which is made anew each time.
 * A nullable parameter without a default is null, as in FastAPI.
 */
export function compileAbsentValue(use: AbsentUse): AbsentValue {
	const { input } = use;
	// a schema that takes anything at all is still required, as in FastAPI
	if ((input.isAnything && !input.isOptional) || isSurelyRequired(input)) {
		return missingValue; // most: their validation is not made yet
	}
	const { validate } = use;
	const absent = absentInput(use);
	const result = validateAbsent(validate, absent);
	if (result instanceof Promise) {
		return asyncValue(use, absent);
	}
	if (result === undefined || result.issues !== undefined) {
		return missingValue;
	}
	const value = withNull(result.value, input);
	if (value !== undefined && value !== null) {
		// a shared list could be changed by the one who received it, and a function may make another default each time
		return {
			isRequired: false,
			parse: (loc) => use.settle(validate(absent), undefined, loc),
		};
	}
	const parsed: Parsed = Object.freeze({ value });
	return { isRequired: false, parse: () => parsed };
}

/** Where nothing is converted in between, what a library says of absence holds: it need not be tried. */
function isSurelyRequired(input: Shape): boolean {
	return (
		input.isOptional === false &&
		input.kind !== "any" &&
		input.change === undefined &&
		!input.coerces
	);
}

/** The input that a transform or a refinement gets for a value that is not there: null, where null will do and nothing else is filled in. */
function absentInput({
	input,
	validate,
	library,
}: AbsentUse): null | undefined {
	if (!library.nullsFirst || !acceptsNull(input) || input.isDefaulted) {
		return undefined;
	}
	if (input.isOptional) {
		return null;
	}
	// a library that does not tell whether absence is accepted is tried
	const tried = validateAbsent(validate, undefined);
	const isLeft =
		tried !== undefined &&
		!(tried instanceof Promise) &&
		tried.issues === undefined &&
		(tried.value === undefined || tried.value === null);
	return isLeft ? null : undefined;
}

function withNull(value: unknown, input: Shape): unknown {
	return value === undefined && acceptsNull(input) ? null : value;
}

const missingValue: AbsentValue = {
	isRequired: true,
	parse: (loc) => ({ errors: [missingDetail(loc, null)] }),
};

type Validated = StandardSchemaV1.Result<unknown>;

function validateAbsent(
	validate: AbsentUse["validate"],
	absent: null | undefined,
): Validated | Promise<Validated> | undefined {
	try {
		const result = validate(absent);
		// whether it fails is asked again when a request comes
		if (result instanceof Promise) {
			result.catch(() => undefined);
		}
		return result;
	} catch {
		// a transform that does not expect absence: then absence is not accepted
		return undefined;
	}
}

function asyncValue(
	{ validate, input }: AbsentUse,
	absent: null | undefined,
): AbsentValue {
	return {
		isRequired: !input.isOptional,
		async parse(loc) {
			// Zod also gives a promise, a rejected one, where a transform throws: it did not expect absence
			const result = await Promise.resolve(validate(absent)).catch(
				() => undefined,
			);
			return result === undefined || result.issues !== undefined
				? missingValue.parse(loc)
				: { value: withNull(result.value, input) };
		},
	};
}
