import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { SchemaDirection } from "../document/json-schema.ts";
import { normaliseSchema } from "../document/normalise-schema.ts";
import { shapeFromJsonSchema } from "../shape/shape-reader.ts";
import { jsonSchemaConverter } from "../standard-schema.ts";
import { jsonSchemaOf, readingOf, unread } from "./any.ts";
import {
	lazyReading,
	type SchemaLibrary,
	type SchemaReading,
} from "./schema-library.ts";
import type { ValibotSchema } from "./valibot/valibot-internals.ts";
import { problemsFromValibot } from "./valibot/valibot-issues.ts";
import { readValibot } from "./valibot/valibot-reader.ts";
import { valibotValidation } from "./valibot/valibot-validation.ts";

/** Valibot 1: read by its own members, and by `@valibot/to-json-schema` where a schema carries that. */
export const valibotLibrary: SchemaLibrary = {
	vendor: "valibot",
	dropsUnknown: true,
	nullsFirst: true,
	read(schema, direction) {
		if (jsonSchemaConverter(schema) === undefined) {
			return isValibotSchema(schema) ? readOwn(schema, direction) : unread;
		}
		const undocumented = new Set<string>();
		const raw = jsonSchemaOf(
			schema,
			direction,
			converterOptions(direction, () => undocumented.add("")),
		);
		return raw === undefined ? unread : readingOf(raw, true, undocumented);
	},
	problems: problemsFromValibot,
	takesInfinity: () => true,
	validation: (schema, wishes) =>
		isValibotSchema(schema) ? valibotValidation(schema, wishes) : undefined,
};

function readOwn(
	schema: ValibotSchema,
	direction: SchemaDirection,
): SchemaReading {
	const reading = readValibot(schema, direction);
	const { raw, isUndocumented, hasLostPattern, isChanging } = reading;
	return lazyReading(
		() => shapeFromJsonSchema(raw, true),
		() => ({
			...normaliseSchema(raw),
			undocumented: isUndocumented ? [""] : [],
			...(hasLostPattern && { lostPatterns: [""] }),
		}),
		!isChanging,
	);
}

/** The kinds that have no JSON Schema, or one that says less. */
const readByUs: ReadonlySet<string> = new Set([
	"date",
	"bigint",
	"set",
	"map",
	"record",
	"undefined",
	"void",
]);

interface ConverterPlace {
	readonly valibotSchema: ValibotSchema;
	readonly errors?: readonly string[];
}

/** A schema without JSON Schema becomes `{}` rather than an error. */
function converterOptions(
	direction: SchemaDirection,
	report: () => void,
): Readonly<Record<string, unknown>> {
	return {
		errorMode: "ignore",
		overrideSchema({ valibotSchema, errors = [] }: ConverterPlace) {
			if (readByUs.has(valibotSchema.type)) {
				return readValibot(valibotSchema, direction).raw;
			}
			if (errors.length > 0) {
				report();
			}
			return undefined;
		},
	};
}

function isValibotSchema(
	schema: StandardSchemaV1,
): schema is StandardSchemaV1 & ValibotSchema {
	const { kind, type } = schema as Partial<ValibotSchema>;
	return kind === "schema" && typeof type === "string";
}
