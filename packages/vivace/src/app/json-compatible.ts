import { assertOptions, type OptionRules } from "../errors/options.ts";
import { jsonCompatible as compatible } from "../json/compatible.ts";
import { compileFields } from "./answer-fields.ts";
import { type ResponseFields, selectionMistake } from "./path-operation.ts";

/** Fields that {@link jsonCompatible} leaves out. Only a schema knows which are unset or a default, see `encode`. */
export type JsonFields = Pick<
	ResponseFields,
	"include" | "exclude" | "excludeNone"
>;

const fieldRules: OptionRules<JsonFields> = {
	include: selectionMistake,
	exclude: selectionMistake,
	excludeNone: "boolean",
};

/**
 * The value with everything that JSON does not know turned into what it does, as FastAPI's `jsonable_encoder` does: dates into ISO
 * 8601 text with offset, maps into objects, sets and arrays of numbers into lists, bytes into UTF-8 text, bigints into numbers (beyond
 * 2^53 into what `JSON.stringify` writes with all digits), numbers that are not finite and `undefined` in lists into null. A value
 * that is JSON already comes back as it is, uncopied; functions and symbols are left to `JSON.stringify`, which leaves them out.
 *
 * By a schema, with what it knows of fields and codecs, it is `encode`.
 *
 * @param fields what is left out of it, at the depth that they say
 * @throws TypeError that names the place of a circular reference; SetupError `VIV_OPTION` for an option that there is not
 * @example
 * ```ts
 * import { jsonCompatible } from "vivace";
 *
 * const user = { name: "Ada", seen: new Date(0), password: "secret", note: null };
 * console.log(jsonCompatible(user, { exclude: ["password"], excludeNone: true }));
 * // { name: "Ada", seen: "1970-01-01T00:00:00+00:00" }
 * ```
 * @see FastAPI, "JSON Compatible Encoder"
 */
export function jsonCompatible(
	value: unknown,
	fields: JsonFields = {},
): unknown {
	assertOptions("jsonCompatible()", fields, fieldRules);
	const pick = compileFields({ options: fields, where: "jsonCompatible()" });
	const made = compatible(value);
	return pick === undefined ? made : pick(made, value);
}
