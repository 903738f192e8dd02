import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { SchemaDirection } from "../document/json-schema.ts";
import { builtInParts } from "../library/built-in/built-in-schema.ts";
import { shapeOfBuiltIn } from "../library/built-in/built-in-shape.ts";
import {
	readValibotSchema,
	type ValibotSchema,
} from "../library/valibot/valibot-reader.ts";
import type { ZodDefinition, ZodSchema } from "../library/zod/zod-internals.ts";
import { jsonSchemaConverter } from "../standard-schema.ts";
import { anyShape, type Shape } from "./shape.ts";
import {
	changeKey,
	keysKey,
	type MarkedSchema,
	markKey,
	type ShapeMark,
	shapeFromJsonSchema,
} from "./shape-reader.ts";

/** The shape of a schema; one that its library cannot describe has the shape of "any". */
export function shapeOfSchema(
	schema: StandardSchemaV1,
	direction: SchemaDirection,
): Shape {
	const parts = builtInParts(schema);
	if (parts !== undefined) {
		return shapeOfBuiltIn(parts, (part) => shapeOfSchema(part, direction));
	}
	const { vendor } = schema["~standard"];
	const converter = jsonSchemaConverter(schema);
	if (converter === undefined) {
		return isValibotSchema(schema)
			? shapeFromJsonSchema(readValibotSchema(schema, direction), true)
			: anyShape;
	}
	try {
		const jsonSchema = converter[direction]({
			target: "draft-2020-12",
			libraryOptions:
				vendor === "valibot"
					? valibotOptions(direction)
					: (libraryOptions[vendor] ?? {}),
		});
		return shapeFromJsonSchema(jsonSchema, vendor !== "arktype");
	} catch {
		// the library has no JSON Schema for some part: the schema still validates
		return anyShape;
	}
}

type Marked = { [key: string]: unknown };

interface ZodOverride {
	readonly zodSchema: ZodSchema;
	readonly jsonSchema: Marked;
}

const libraryOptions: Readonly<Record<string, Record<string, unknown>>> = {
	zod: { unrepresentable: "any", override: markZod },
	arktype: {
		fallback: {
			date: (context: { base: Marked }) => mark(context.base, "date"),
			default: (context: { base: Marked }) => context.base,
		},
	},
};

function mark(schema: Marked, name: ShapeMark): Marked {
	schema[markKey] = name;
	return schema;
}

const marksByType: Readonly<Record<string, ShapeMark>> = {
	date: "date",
	bigint: "bigint",
	literal: "literal",
	undefined: "absent",
	void: "absent",
};

function markZod({ zodSchema, jsonSchema }: ZodOverride): void {
	const definition = zodSchema._zod.def;
	const name = marksByType[definition.type];
	if (name !== undefined) {
		mark(jsonSchema, name);
	}
	// Zod gives a time of day no format, because it takes one without an offset
	if (definition.format === "time") {
		jsonSchema.format = "time";
	}
	if (definition.type === "transform") {
		jsonSchema[changeKey] = "transform";
	}
	if (definition.type === "pipe") {
		markPipe(definition, jsonSchema);
	}
	// Zod documents the keys of an object as texts, which they are, but checks them as what they stand for
	if (definition.type === "record") {
		jsonSchema[keysKey] = inlineSchema(definition.keyType);
	}
	if (definition.type !== "set" && definition.type !== "map") {
		return;
	}
	mark(jsonSchema, definition.type);
	jsonSchema[definition.type === "set" ? "items" : "additionalProperties"] =
		inlineSchema(definition.valueType);
	if (definition.keyType !== undefined) {
		jsonSchema[keysKey] = inlineSchema(definition.keyType);
	}
}

/** A codec is a pipe that can be run backwards; any other pipe is as reversible as its ends. */
function markPipe(definition: ZodDefinition, jsonSchema: Marked): void {
	const ends = [definition.in?._zod.def.type, definition.out?._zod.def.type];
	if (definition.reverseTransform !== undefined) {
		jsonSchema[changeKey] = "codec";
	} else if (ends.includes("transform")) {
		jsonSchema[changeKey] = "transform";
	}
}

/** The JSON Schema of a part that the library itself left out. */
function inlineSchema(schema: ZodSchema | undefined): MarkedSchema {
	return (
		schema?.["~standard"].jsonSchema?.input({
			target: "draft-2020-12",
			libraryOptions: libraryOptions.zod,
		}) ?? {}
	);
}

/** The kinds of Valibot that have no JSON Schema, or one that says less. */
const valibotOnly: ReadonlySet<string> = new Set([
	"date",
	"bigint",
	"set",
	"map",
	"record",
	"undefined",
	"void",
]);

function valibotOptions(direction: SchemaDirection): Record<string, unknown> {
	return {
		errorMode: "ignore",
		overrideSchema: ({ valibotSchema }: { valibotSchema: ValibotSchema }) =>
			valibotOnly.has(valibotSchema.type)
				? readValibotSchema(valibotSchema, direction)
				: undefined,
	};
}

function isValibotSchema(schema: unknown): schema is ValibotSchema {
	const { kind, type } = schema as Partial<ValibotSchema>;
	return kind === "schema" && typeof type === "string";
}
