import type { StandardSchemaV1 } from "@standard-schema/spec";
import { builtInParts } from "../library/built-in/built-in-schema.ts";
import type { ZodSchema } from "../library/zod/zod-internals.ts";
import { normaliseSchema } from "./normalise-schema.ts";
import { describeBuiltIn } from "../library/built-in/describe-built-in.ts";
import { type ReportPlace, zodLibraryOptions } from "../library/zod/describe-zod.ts";
import { describeZodParts } from "../library/zod/describe-zod-parts.ts";
import type { JsonSchema, SchemaDirection } from "./json-schema.ts";

/** What is known of a schema's JSON, in the shape in which Pydantic documents the same model. */
export interface DescribedSchema {
	/** A model (a schema with an id) is a `$ref` to `#/$defs/` and its id; `{}` is "anything". */
	readonly schema: JsonSchema;
	/** The models that {@link DescribedSchema.schema} and they themselves refer to, by id. */
	readonly definitions: Readonly<Record<string, JsonSchema>>;
	/** The places that have no JSON Schema and are documented as "anything": `""` is the whole, `"items[].owner"` a field. */
	readonly undocumented: readonly string[];
}

/**
 * Describes what a schema accepts (`input`) or gives (`output`), both as they are on the wire.
 *
 * Asks the schema itself (Standard JSON Schema, `~standard.jsonSchema`); a schema that has no such member, or whose library refuses,
 * is documented as "anything" and named in `undocumented`. Computed once for each schema and direction.
 */
export function describeSchema(
	schema: StandardSchemaV1,
	direction: SchemaDirection,
): DescribedSchema {
	let directions = described.get(schema);
	if (!directions) {
		directions = {};
		described.set(schema, directions);
	}
	directions[direction] ??= readJsonSchema(schema, direction);
	return directions[direction];
}

const described = new WeakMap<
	StandardSchemaV1,
	Partial<Record<SchemaDirection, DescribedSchema>>
>();

interface JsonSchemaOptions {
	readonly target: string;
	readonly libraryOptions?: Readonly<Record<string, unknown>>;
}

/** The second trait of Standard Schema (standardschema.dev/json-schema), which a schema may have or not. */
type WithJsonSchema = {
	readonly jsonSchema?: Readonly<
		Record<SchemaDirection, (options: JsonSchemaOptions) => JsonSchema>
	>;
};

function readJsonSchema(
	schema: StandardSchemaV1,
	direction: SchemaDirection,
): DescribedSchema {
	const parts = builtInParts(schema);
	if (parts !== undefined) {
		return describeBuiltIn(parts, (part) => describeSchema(part, direction));
	}
	const standard = schema["~standard"] as (typeof schema)["~standard"] &
		WithJsonSchema;
	const convert = standard.jsonSchema?.[direction];
	if (!convert) {
		return undescribed;
	}
	const undocumented = new Set<string>();
	const report: ReportPlace = (path, isUndocumented) => {
		undocumented[isUndocumented ? "add" : "delete"](placeText(path));
	};
	const { vendor } = standard;
	let raw: JsonSchema;
	try {
		const libraryOptions = libraryOptionsOf(vendor, direction, report);
		raw = convert({ target: "draft-2020-12", libraryOptions });
	} catch {
		// a library may refuse what it can't express; the route works all the same, and the place is named in a warning
		if (vendor !== "zod") {
			return undescribed;
		}
		const zodSchema = schema as unknown as ZodSchema; // the vendor says so
		raw = describeZodParts(zodSchema, direction, report);
	}
	return { ...normaliseSchema(raw), undocumented: [...undocumented] };
}

const undescribed: DescribedSchema = {
	schema: {},
	definitions: {},
	undocumented: [""],
};

function libraryOptionsOf(
	vendor: string,
	direction: SchemaDirection,
	report: ReportPlace,
): Readonly<Record<string, unknown>> {
	switch (vendor) {
		case "zod":
			return zodLibraryOptions(direction, report);
		case "valibot":
			return valibotLibraryOptions(report);
		case "arktype":
			return arktypeLibraryOptions(report);
		default:
			return {};
	}
}

/** @valibot/to-json-schema: what has no JSON Schema becomes `{}` rather than an error. */
function valibotLibraryOptions(
	report: ReportPlace,
): Readonly<Record<string, unknown>> {
	return {
		errorMode: "ignore",
		overrideSchema: ({
			valibotSchema,
			jsonSchema,
			errors,
		}: {
			readonly valibotSchema: { readonly type: string };
			readonly jsonSchema: JsonSchema;
			readonly errors?: readonly string[];
		}) => {
			if (valibotSchema.type === "date") {
				return { ...jsonSchema, type: "string", format: "date-time" };
			}
			if (valibotSchema.type === "bigint") {
				return { ...jsonSchema, type: "integer" };
			}
			if (errors?.length) {
				report([], true);
			}
			return undefined;
		},
	};
}

/** ArkType: a place that has no JSON Schema is given to a function by the reason. */
function arktypeLibraryOptions(
	report: ReportPlace,
): Readonly<Record<string, unknown>> {
	interface Refusal {
		readonly base: JsonSchema;
		readonly domain?: string;
	}
	return {
		fallback: {
			date: ({ base }: Refusal) => ({
				...base,
				type: "string",
				format: "date-time",
			}),
			domain: ({ base, domain }: Refusal) => {
				if (domain === "bigint") {
					return { ...base, type: "integer" };
				}
				report([], true);
				return base;
			},
			default: ({ base }: Refusal) => base,
		},
	};
}

/** `["properties", "items", "items", "properties", "owner"]` as `items[].owner`. */
function placeText(path: readonly (string | number)[]): string {
	let text = "";
	for (let index = 0; index < path.length; index += 1) {
		const keyword = path[index];
		if (keyword === "properties") {
			index += 1;
			text += `${text && "."}${path[index]}`;
		} else if (keyword === "items") {
			text += "[]";
		} else if (keyword === "additionalProperties") {
			text += "[key]";
		} else if (keyword === "prefixItems") {
			index += 1;
			text += `[${path[index]}]`;
		}
	}
	return text;
}
