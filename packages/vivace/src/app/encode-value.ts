import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { ResponseValidationError } from "../errors/validation-error.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { assertSchema } from "../schema/standard-schema.ts";
import { compileFields } from "./answer-fields.ts";
import { type ResponseFields, selectionMistake } from "./path-operation.ts";

const fieldRules: OptionRules<ResponseFields> = {
	excludeUnset: "boolean",
	excludeDefaults: "boolean",
	excludeNone: "boolean",
	include: selectionMistake,
	exclude: selectionMistake,
};

/**
 * A value as a path operation with this response schema would send it, for what is no answer: a cache, a queue, a log. It is validated,
 * unknown fields are dropped, dates, maps, sets and codecs become what they are on the wire; then fields are left out as `fields` says.
 * The result is JSON, to be written by `JSON.stringify`. `validate(schema, value)` reads it again.
 *
 * `excludeUnset` leaves out what the value does not have and the schema fills in: of a body that was declared with
 * `Body(schema, { excludeUnset: true })` it is what the client has sent.
 *
 * @throws ResponseValidationError with all problems, when the value does not fit the schema; SetupError `VIV_RESPONSE` when `include` or
 * `exclude` names what is no field, `VIV_OPTION` for an option that there is not, `VIV_SCHEMA` for what is no schema
 * @example
 * ```ts
 * import { encode } from "vivace";
 * import { z } from "zod";
 *
 * const User = z.object({ name: z.string(), password: z.string(), since: z.date() });
 * const user = { name: "Ada", password: "secret", since: new Date(0) };
 * const line = await encode(User, user, { exclude: ["password"] });
 * console.log(JSON.stringify(line)); // {"name":"Ada","since":"1970-01-01T00:00:00Z"}
 * ```
 * @see FastAPI, "JSON Compatible Encoder"; Pydantic, `model_dump(mode="json")`
 */
export async function encode<Schema extends StandardSchemaV1>(
	schema: Schema,
	value:
		| StandardSchemaV1.InferInput<Schema>
		| StandardSchemaV1.InferOutput<Schema>,
	fields: ResponseFields = {},
): Promise<unknown> {
	assertSchema("encode()", schema);
	assertOptions("encode()", fields, fieldRules);
	const pick = compileFields({
		options: { ...fields, response: schema },
		where: "encode()",
	});
	const parsed = await compileSchema(schema).encode(value, []);
	if (parsed.errors !== undefined) {
		throw new ResponseValidationError(
			parsed.errors,
			value,
			"",
			"value given to encode()",
		);
	}
	const content = parsed.value ?? null;
	return pick === undefined ? content : pick(content, value);
}
