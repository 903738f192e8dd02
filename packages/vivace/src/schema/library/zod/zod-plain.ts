import { checksOf } from "./zod-checks.ts";
import type { ZodCheck, ZodSchema } from "./zod-internals.ts";

/** True for a value that the schema gives as it is; false says nothing: ask the schema. */
export type Passes = (value: unknown) => boolean;

/**
 * A test of a value in a few comparisons instead of Zod's 150 to 300 ns: for scalars whose checks are all of the kinds that are
 * known here. `undefined` for any other schema.
 */
export function compilePasses(schema: ZodSchema): Passes | undefined {
	const { def, values } = schema._zod;
	const checks = checksOf(def);
	if (def.coerce === true) {
		return undefined;
	}
	switch (def.type) {
		case "string":
			return compileText(checks);
		case "number":
			return compileNumber(checks);
	}
	if (checks.length > 0) {
		return undefined;
	}
	switch (def.type) {
		case "boolean":
			return (value) => typeof value === "boolean";
		case "enum":
		case "literal":
			return values && ((value) => values.has(value));
		case "optional":
		case "nullable":
		case "nonoptional":
		case "default":
		case "prefault":
		case "readonly":
			return def.innerType && present(compilePasses(def.innerType));
	}
	return undefined;
}

/** Of what may be absent or null the schema is asked. */
function present(passes: Passes | undefined): Passes | undefined {
	return passes && ((value) => value != null && passes(value));
}

function compileText(checks: readonly ZodCheck[]): Passes | undefined {
	let least = 0;
	let most = Number.POSITIVE_INFINITY;
	for (const { check, minimum, maximum, length } of checks) {
		if (check === "min_length") {
			least = Math.max(least, minimum as number);
		} else if (check === "max_length") {
			most = Math.min(most, maximum as number);
		} else if (check === "length_equals") {
			least = Math.max(least, length as number);
			most = Math.min(most, length as number);
		} else {
			return undefined;
		}
	}
	// Zod counts code points, of which each has one or two units: what is in doubt it is asked
	const leastUnits = 2 * least - 1;
	return (value) =>
		typeof value === "string" &&
		value.length >= leastUnits &&
		value.length <= most;
}

function compileNumber(checks: readonly ZodCheck[]): Passes | undefined {
	let isInteger = false;
	let least = Number.NEGATIVE_INFINITY;
	let most = Number.POSITIVE_INFINITY;
	let above = Number.NEGATIVE_INFINITY;
	let below = Number.POSITIVE_INFINITY;
	for (const { check, format, value, inclusive } of checks) {
		if (check === "number_format" && format === "safeint") {
			isInteger = true;
		} else if (check === "greater_than" && typeof value === "number") {
			least = inclusive ? Math.max(least, value) : least;
			above = inclusive ? above : Math.max(above, value);
		} else if (check === "less_than" && typeof value === "number") {
			most = inclusive ? Math.min(most, value) : most;
			below = inclusive ? below : Math.min(below, value);
		} else {
			return undefined;
		}
	}
	return (value) =>
		typeof value === "number" &&
		(isInteger ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
		value >= least &&
		value <= most &&
		value > above &&
		value < below;
}
