import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Location } from "../../errors/validation-error.ts";
import { missingDetail } from "../words/error-details.ts";
import type { Parsed, Settle } from "./parsed.ts";
import { acceptsNull, type Shape } from "./shape.ts";

/** What becomes of a parameter that is not there. */
export interface AbsentValue {
	/** Absence is refused. */
	readonly isRequired: boolean;
	parse(loc: Location): Parsed | Promise<Parsed>;
}

type Validate = StandardSchemaV1["~standard"]["validate"];

/**
 * Finds out once what a schema makes of `undefined`: a refusal, nothing, or a default, which is made anew each time.
 * A nullable parameter without a default is null, as in FastAPI.
 */
export function compileAbsentValue(
	schema: StandardSchemaV1,
	validate: Validate,
	shape: Shape,
	settle: Settle,
): AbsentValue {
	if (takesAnything(schema)) {
		return missingValue;
	}
	const result = validateUndefined(validate);
	if (result instanceof Promise) {
		return asyncValue(schema, validate, shape);
	}
	if (result === undefined || result.issues !== undefined) {
		return missingValue;
	}
	const value = withNull(result.value, shape);
	if (value !== undefined && value !== null) {
		// a shared list could be changed by the one who received it, and a function may make another default each time
		return {
			isRequired: false,
			parse: (loc) => settle(validate(undefined), undefined, loc),
		};
	}
	const parsed: Parsed = Object.freeze({ value });
	return { isRequired: false, parse: () => parsed };
}

const missingValue: AbsentValue = {
	isRequired: true,
	parse: (loc) => ({ errors: [missingDetail(loc, null)] }),
};

type Validated = ReturnType<Validate>;

function validateUndefined(validate: Validate): Validated | undefined {
	try {
		const result = validate(undefined);
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
	schema: StandardSchemaV1,
	validate: Validate,
	shape: Shape,
): AbsentValue {
	return {
		isRequired: !isOptionalZod(schema),
		async parse(loc) {
			// Zod also gives a promise, a rejected one, where a transform throws: it did not expect absence
			const result = await Promise.resolve(validate(undefined)).catch(
				() => undefined,
			);
			return result === undefined || result.issues !== undefined
				? missingValue.parse(loc)
				: { value: withNull(result.value, shape) };
		},
	};
}

function withNull(value: unknown, shape: Shape): unknown {
	return value === undefined && acceptsNull(shape) ? null : value;
}

/** What of a library's schema tells that it takes anything at all; such a parameter is still required, as in FastAPI. */
interface LibrarySchema {
	readonly _zod?: { readonly def: { readonly type: string }; optin?: string };
	readonly kind?: string;
	readonly type?: unknown;
	readonly expression?: unknown;
}

function takesAnything(schema: StandardSchemaV1): boolean {
	const library = schema as LibrarySchema;
	const name =
		library._zod?.def.type ??
		(library.kind === "schema" ? library.type : library.expression);
	return name === "any" || name === "unknown";
}

function isOptionalZod(schema: StandardSchemaV1): boolean {
	return (schema as LibrarySchema)._zod?.optin !== undefined;
}
