/** One item of the `detail` of a 422 answer. */
export interface Problem {
	readonly type: string;
	readonly loc: readonly (string | number)[];
	readonly msg: string;
	readonly input: unknown;
	readonly ctx?: object;
}

type Place = readonly (string | number)[];

/** The body of a 422 answer. */
export function invalid(...detail: readonly Problem[]): object {
	return { detail };
}

/** @param input what surrounds the absent field; null where it stands alone */
export function missing(loc: Place, input: unknown = null): Problem {
	return { type: "missing", loc, msg: "Field required", input };
}

const parsings = {
	int_parsing: "a valid integer, unable to parse string as an integer",
	float_parsing: "a valid number, unable to parse string as a number",
	bool_parsing: "a valid boolean, unable to interpret input",
	string_type: "a valid string",
	list_type: "a valid list",
	dict_type: "a valid dictionary",
	model_attributes_type: "a valid dictionary or object to extract fields from",
} as const;

/** A value that is not what it should be: `int_parsing`, `list_type`, … */
export function unreadable(
	type: keyof typeof parsings,
	loc: Place,
	input: unknown,
): Problem {
	return { type, loc, msg: `Input should be ${parsings[type]}`, input };
}

const bounds = {
	greater_than: ["gt", "greater than"],
	greater_than_equal: ["ge", "greater than or equal to"],
	less_than: ["lt", "less than"],
	less_than_equal: ["le", "less than or equal to"],
} as const;

/** A number beyond its bound. */
export function outOfBounds(
	type: keyof typeof bounds,
	bound: number,
	loc: Place,
	input: unknown,
): Problem {
	const [key, words] = bounds[type];
	const msg = `Input should be ${words} ${bound}`;
	return { type, loc, msg, input, ctx: { [key]: bound } };
}

/** A text that is too short. */
export function tooShort(minimum: number, loc: Place, input: string): Problem {
	return {
		type: "string_too_short",
		loc,
		msg: `String should have at least ${minimum} character${minimum === 1 ? "" : "s"}`,
		input,
		ctx: { min_length: minimum },
	};
}

/** A text that is too long. */
export function tooLong(maximum: number, loc: Place, input: string): Problem {
	return {
		type: "string_too_long",
		loc,
		msg: `String should have at most ${maximum} character${maximum === 1 ? "" : "s"}`,
		input,
		ctx: { max_length: maximum },
	};
}

/** A text that does not match. */
export function noMatch(pattern: string, loc: Place, input: string): Problem {
	return {
		type: "string_pattern_mismatch",
		loc,
		msg: `String should match pattern '${pattern}'`,
		input,
		ctx: { pattern },
	};
}

/** A value that is none of those allowed: of an `enum` or of a literal (`literal_error`). */
export function noneOf(
	type: "enum" | "literal_error",
	expected: string,
	loc: Place,
	input: unknown,
): Problem {
	const msg = `Input should be ${expected}`;
	return { type, loc, msg, input, ctx: { expected } };
}

/** A field that a strict model does not have. */
export function extra(loc: Place, input: unknown): Problem {
	const msg = "Extra inputs are not permitted";
	return { type: "extra_forbidden", loc, msg, input };
}
