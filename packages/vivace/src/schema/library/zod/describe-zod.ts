import type { ZodDefinition, ZodSchema } from "./zod-internals.ts";
import { describeZodString } from "./zod-text.ts";
import {
	type JsonSchema,
	type MutableJsonSchema,
	nameRoot,
	type SchemaDirection,
} from "../../document/json-schema.ts";

/** Hears whether a place of a schema has no JSON Schema. */
export type ReportPlace = (
	path: readonly (string | number)[],
	isUndocumented: boolean,
) => void;

interface ZodOverride {
	readonly zodSchema: ZodSchema;
	readonly jsonSchema: MutableJsonSchema;
	readonly path: readonly (string | number)[];
}

/** Options for one conversion by Zod's own `~standard.jsonSchema`; `report` hears the path, behind `prefix`, of each place that has no JSON Schema. */
export function zodLibraryOptions(
	direction: SchemaDirection,
	report: ReportPlace,
	prefix: readonly (string | number)[] = [],
): Readonly<Record<string, unknown>> {
	return new ZodDescription(direction, report, new Set()).libraryOptions(
		prefix,
	);
}

/** One conversion and those of the parts that Zod itself does not describe. */
class ZodDescription {
	readonly direction: SchemaDirection;
	readonly report: ReportPlace;
	/** Schemas whose own conversion is under way: a set or a codec that contains itself ends there. */
	readonly #open: Set<ZodSchema>;

	constructor(
		direction: SchemaDirection,
		report: ReportPlace,
		open: Set<ZodSchema>,
	) {
		this.direction = direction;
		this.report = report;
		this.#open = open;
	}

	libraryOptions(
		prefix: readonly (string | number)[],
	): Readonly<Record<string, unknown>> {
		return {
			unrepresentable: "any",
			metadata: { get: metadataWithOwnIds() },
			override: (place: ZodOverride) => {
				this.#override({ ...place, path: [...prefix, ...place.path] });
			},
		};
	}

	#override(place: ZodOverride): void {
		const { zodSchema, jsonSchema } = place;
		if (jsonSchema.$ref !== undefined) {
			// the model itself says whether it is strict, not each place that refers to it
			delete jsonSchema.additionalProperties;
			return;
		}
		const described = this.#describe(zodSchema, place);
		const meta = zodSchema.meta?.() ?? {};
		for (const [keyword, value] of Object.entries(described)) {
			if (keyword in meta) {
				continue;
			}
			if (value === undefined) {
				delete jsonSchema[keyword];
			} else {
				jsonSchema[keyword] = value;
			}
		}
		if (hasNoDescription.has(zodSchema._zod.def.type)) {
			// asked again for each schema that `.meta()` made of another: the last one counts
			this.report(place.path, isBare(jsonSchema));
		}
	}

	/** The keywords to set, or to drop where `undefined`. */
	#describe(schema: ZodSchema, place: ZodOverride): Record<string, unknown> {
		const { def } = schema._zod;
		switch (def.type) {
			case "string":
				return describeZodString(def, place.jsonSchema);
			case "date":
				return { type: "string", format: "date-time" };
			case "bigint":
				return { type: "integer", ...boundsOf(def) };
			case "nan":
				return { type: "number" };
			case "undefined":
			case "void":
				return { type: "null" };
			case "file":
				return {
					type: "string",
					format: undefined,
					contentEncoding: undefined,
					contentMediaType: "application/octet-stream",
				};
			case "set":
				return {
					type: "array",
					items: this.#nested(def.valueType, [...place.path, "items"]),
					uniqueItems: true,
					...boundsOf(def),
				};
			case "object":
				return describeZodObject(def);
			case "record":
				// JSON has texts for keys: that one reads as a number is for the validation to say
				return def.keyType?._zod.def.type === "number"
					? { propertyNames: undefined }
					: {};
			case "union":
				return describeUnion(def, place.jsonSchema);
			case "catch":
				return { default: wireValue(place.jsonSchema.default) };
			case "readonly":
				return { readOnly: undefined };
			case "default":
			case "prefault":
				return { default: constantDefault(def) };
			case "pipe":
				return this.#describePipe(def, place);
			default:
				return {};
		}
	}

	/** A codec is encoded on the way out, so that its wire form is that of its input side in both directions. */
	#describePipe(
		def: ZodDefinition,
		place: ZodOverride,
	): Record<string, unknown> {
		if (this.direction === "input" || def.reverseTransform === undefined) {
			return {};
		}
		this.report(place.path, false); // what its output side is does not matter here
		const wire = this.#nested(def.in, place.path, "input");
		const dropped = Object.keys(place.jsonSchema).map((key) => [
			key,
			undefined,
		]);
		return { ...Object.fromEntries(dropped), ...wire };
	}

	#nested(
		schema: ZodSchema | undefined,
		path: readonly (string | number)[],
		direction: SchemaDirection = this.direction,
	): JsonSchema {
		const converter = schema?.["~standard"].jsonSchema;
		if (!schema || !converter) {
			return {};
		}
		if (this.#open.has(schema)) {
			const id = schema.meta?.()?.id;
			return typeof id === "string" ? { $ref: `#/$defs/${id}` } : {};
		}
		this.#open.add(schema);
		try {
			const nested = new ZodDescription(direction, this.report, this.#open);
			const { $schema: _, ...described } = converter[direction]({
				target: "draft-2020-12",
				libraryOptions: nested.libraryOptions(path),
			});
			return nameRoot(described, `__schema_${path.join("_")}`);
		} finally {
			this.#open.delete(schema);
		}
	}
}

const hasNoDescription = new Set([
	"custom",
	"transform",
	"map",
	"symbol",
	"function",
	"promise",
]);

function isBare(schema: JsonSchema): boolean {
	return Object.keys(schema).every((keyword) => annotations.has(keyword));
}

const annotations = new Set([
	"id",
	"title",
	"description",
	"default",
	"deprecated",
	"examples",
]);

/**
 * Zod refuses to convert two different schemas with one id in one document. They are told apart by a suffix here; who builds the
 * document gives them their final names.
 */
function metadataWithOwnIds(): (schema: ZodSchema) => unknown {
	const owners = new Map<string, ZodSchema[]>();
	return (schema) => {
		const meta = wireValue(schema.meta?.());
		const id = meta?.id;
		if (meta === undefined || typeof id !== "string") {
			return meta;
		}
		const schemas = owners.get(id) ?? [];
		owners.set(id, schemas);
		if (!schemas.includes(schema)) {
			schemas.push(schema);
		}
		const index = schemas.indexOf(schema);
		return index === 0 ? meta : { ...meta, id: `${id}__${index + 1}` };
	};
}

/** The bounds of a set (in items) or of a bigint. */
function boundsOf(def: ZodDefinition): Record<string, number> {
	const bounds: Record<string, number> = {};
	for (const {
		_zod: { def: check },
	} of def.checks ?? []) {
		const value = Number(check.value);
		if (check.check === "greater_than") {
			bounds[check.inclusive ? "minimum" : "exclusiveMinimum"] = value;
		}
		if (check.check === "less_than") {
			bounds[check.inclusive ? "maximum" : "exclusiveMaximum"] = value;
		}
		if (check.check === "multiple_of") {
			bounds.multipleOf = value;
		}
		const minimum = check.check === "min_size" ? check.minimum : check.size;
		const maximum = check.check === "max_size" ? check.maximum : check.size;
		if (minimum !== undefined) {
			bounds.minItems = minimum;
		}
		if (maximum !== undefined) {
			bounds.maxItems = maximum;
		}
	}
	return bounds;
}

/** What may be left out is not required in either direction, and only a strict object says that it takes no more. */
export function describeZodObject(def: ZodDefinition): Record<string, unknown> {
	const required = Object.entries(def.shape ?? {})
		.filter(([, field]) => !isOptional(field))
		.map(([name]) => name);
	const catchall = def.catchall?._zod.def.type;
	return {
		required: required.length > 0 ? required : undefined,
		...(catchall === undefined && { additionalProperties: undefined }),
		...(catchall === "never" && { additionalProperties: false }),
	};
}

/** A preprocessing function takes anything, also nothing; whether the field may be left out is for the schema behind it to say. */
function isOptional({ _zod: { def, optin } }: ZodSchema): boolean {
	return def.in?._zod.def.type === "transform" && def.out !== undefined
		? isOptional(def.out)
		: optin !== undefined;
}

/** A discriminated union of models is an OpenAPI discriminator (OpenAPI 3.1 §4.8.25), which knows its models by their references. */
function describeUnion(
	def: ZodDefinition,
	json: JsonSchema,
): Record<string, unknown> {
	const { discriminator, options = [] } = def;
	const references = json.oneOf?.map((option) => option.$ref) ?? [];
	if (discriminator === undefined || references.includes(undefined)) {
		return {};
	}
	const mapping = options.flatMap((option, index) =>
		[...(option._zod.propValues?.[discriminator] ?? [])]
			.filter((value) => value !== undefined)
			.map((value) => [String(value), references[index]]),
	);
	return {
		discriminator: {
			propertyName: discriminator,
			mapping: Object.fromEntries(mapping),
		},
	};
}

/** A default that is made anew for each value (`() => randomUUID()`) is no fact about the API: it is left out. */
function constantDefault(def: ZodDefinition): unknown {
	const value = wireValue(def.defaultValue);
	return JSON.stringify(value) === JSON.stringify(wireValue(def.defaultValue))
		? value
		: undefined;
}

/** A value as it is on the wire; `undefined` if it can't be there. */
function wireValue<Value>(value: Value): Value | undefined {
	const text = JSON.stringify(value, (_, part: unknown) => {
		if (typeof part === "bigint") {
			return Number(part);
		}
		return part instanceof Set ? [...part] : part;
	});
	return text === undefined ? undefined : JSON.parse(text);
}
