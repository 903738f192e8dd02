import { assertOptions, type OptionRules } from "../../../errors/options.ts";
import { BuiltInSchema } from "./built-in-schema.ts";

/** Options of {@link float}. */
export interface FloatOptions {
	readonly description?: string;
	/** Stands for an absent value. Default: none, an absent value is refused. */
	readonly default?: number;
	readonly minimum?: number;
	readonly maximum?: number;
}

/**
 * A schema for any number, as FastAPI's `float` is one: `inf`, `-inf` and `nan` of a path or a query too, which `z.number()` refuses. It
 * stands for a whole parameter, body or answer and is documented as `number`. JSON has no such numbers: in an answer they are null. A field
 * of a Zod object is one with `z.custom<number>((value) => typeof value === "number").meta({ type: "number" })`.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { float } from "vivace/schemas";
 *
 * const app = new App();
 * app.get("/scale", { by: float({ default: 1 }) }, ({ by }) => ({ isFinite: Number.isFinite(by) }));
 * ```
 */
export function float(options: FloatOptions = {}): BuiltInSchema<number> {
	assertOptions("float()", options, rules);
	return new BuiltInSchema({ kind: "number", options });
}

const rules: OptionRules<FloatOptions> = {
	description: "text",
	default: isNumber,
	minimum: isNumber,
	maximum: isNumber,
};

function isNumber(value: unknown): string | undefined {
	return typeof value === "number" ? undefined : "a number";
}
