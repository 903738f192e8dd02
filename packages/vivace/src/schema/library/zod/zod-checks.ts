import type { ZodCheck, ZodDefinition, ZodSchema } from "./zod-internals.ts";

/** The checks of a schema, in order; a format is its own first check. */
export function checksOf(def: ZodDefinition): readonly ZodCheck[] {
	const checks = (def.checks ?? []).map((check) => check._zod.def);
	return def.check === undefined ? checks : [def as ZodCheck, ...checks];
}

/** The bounds of a text's length or a list's size, each the tightest. */
export function sizeKeywords(
	def: ZodDefinition,
	least: string,
	most: string,
): Record<string, number> {
	let minimum: number | undefined;
	let maximum: number | undefined;
	for (const check of checksOf(def)) {
		const exact = check.length ?? check.size;
		const low = exact ?? check.minimum;
		const high = exact ?? check.maximum;
		if (low !== undefined) {
			minimum = Math.max(minimum ?? low, low);
		}
		if (high !== undefined) {
			maximum = Math.min(maximum ?? high, high);
		}
	}
	return {
		...(minimum !== undefined && { [least]: minimum }),
		...(maximum !== undefined && { [most]: maximum }),
	};
}

/** The bounds of a number, each the tightest; of an inclusive and an exclusive one the one that says more. */
export function boundKeywords(schema: ZodSchema): Record<string, unknown> {
	const { def, bag = {} } = schema._zod;
	let low = lowest(bag.minimum, bag.exclusiveMinimum);
	let high = highest(bag.maximum, bag.exclusiveMaximum);
	const divisors = new Set<number>();
	for (const check of checksOf(def)) {
		const value = Number(check.value);
		const isExclusive = check.inclusive !== true;
		if (check.check === "greater_than") {
			low = tighter(low, { value, isExclusive }, 1);
		} else if (check.check === "less_than") {
			high = tighter(high, { value, isExclusive }, -1);
		} else if (check.check === "multiple_of") {
			divisors.add(Math.abs(value));
		}
	}
	const [first, ...rest] = [...divisors].filter(
		(divisor) => divisor > 0 && Number.isFinite(divisor),
	);
	return {
		...boundKeyword(low, "minimum", "exclusiveMinimum"),
		...boundKeyword(high, "maximum", "exclusiveMaximum"),
		...(first !== undefined && { multipleOf: first }),
		...(rest.length > 0 && {
			allOf: rest.map((multipleOf) => ({ multipleOf })),
		}),
	};
}

interface Bound {
	readonly value: number;
	readonly isExclusive: boolean;
}

function boundOf(value: unknown, isExclusive: boolean): Bound | undefined {
	return value === undefined || typeof value === "object"
		? undefined
		: { value: Number(value), isExclusive };
}

/** The bound in the schema's bag, where third parties' checks note theirs. */
function lowest(inclusive: unknown, exclusive: unknown): Bound | undefined {
	const bound = boundOf(exclusive, true);
	const other = boundOf(inclusive, false);
	return bound === undefined ? other : tighter(other, bound, 1);
}

function highest(inclusive: unknown, exclusive: unknown): Bound | undefined {
	const bound = boundOf(exclusive, true);
	const other = boundOf(inclusive, false);
	return bound === undefined ? other : tighter(other, bound, -1);
}

function tighter(bound: Bound | undefined, next: Bound, sign: 1 | -1): Bound {
	if (bound === undefined) {
		return next;
	}
	const difference = (next.value - bound.value) * sign;
	return difference > 0 || (difference === 0 && next.isExclusive)
		? next
		: bound;
}

function boundKeyword(
	bound: Bound | undefined,
	inclusive: string,
	exclusive: string,
): Record<string, number> {
	return bound === undefined || !Number.isFinite(bound.value)
		? {}
		: { [bound.isExclusive ? exclusive : inclusive]: bound.value };
}
