import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import {
	type Location,
	RequestValidationError,
} from "../errors/validation-error.ts";
import { defaultLimits } from "../http/limits.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { assertSchema } from "../schema/standard-schema.ts";
import { boundedErrors } from "./bounded-errors.ts";

/** Options of {@link validate}. */
export interface ValidateOptions {
	/** Where the value came from: what the location of each problem begins with. Default: nothing. */
	readonly location?: Location;
	/** True when strings that read as a number, boolean or date are refused where the schema asks for one. Default: false. */
	readonly strict?: boolean;
}

/**
 * The value that a schema makes of data which a handler has read itself (YAML, MessagePack, a message of a queue): converted and
 * validated as a JSON body is.
 *
 * @throws RequestValidationError with all problems at once, the first 100 of them described; where nothing handles it the client gets
 * 422 and the problems
 * @example
 * ```ts
 * import { validate } from "vivace";
 * import { z } from "zod";
 *
 * const item = await validate(z.object({ size: z.int() }), { size: "3" });
 * console.log(item.size + 1); // 4
 * ```
 * @see FastAPI, "Path Operation Advanced Configuration": custom OpenAPI content type
 */
export async function validate<Schema extends StandardSchemaV1>(
	schema: Schema,
	data: unknown,
	options: ValidateOptions = {},
): Promise<StandardSchemaV1.InferOutput<Schema>> {
	assertSchema("validate()", schema);
	assertOptions("validate()", options, rules);
	const { location = [], strict = false } = options;
	const parsed = await compileSchema(schema).parseJson(data, location, {
		strict,
	});
	if (parsed.errors === undefined) {
		return parsed.value as StandardSchemaV1.InferOutput<Schema>; // it comes from the schema
	}
	const { errors, more = 0, isUncounted = false } = parsed;
	throw new RequestValidationError(
		boundedErrors(
			errors,
			{ moreErrors: more, isUncounted },
			defaultLimits.problems,
		),
		data,
	);
}

const rules: OptionRules<ValidateOptions> = {
	location: "list",
	strict: "boolean",
};
