import type { SchemaDirection } from "../../document/json-schema.ts";
import {
	changeKey,
	coercesKey,
	defaultedKey,
	extended,
	keysKey,
	type MarkedSchema,
	markKey,
	namesKey,
	optionalKey,
	preprocessedKey,
	replaced,
	shapeKey,
} from "../../shape/marks.ts";
import { pairedNames } from "../paired-names.ts";
import { sizeKeywords } from "./zod-checks.ts";
import { wireDefault } from "./zod-default.ts";
import {
	isPreprocessing,
	type ZodDefinition,
	type ZodMetadata,
	type ZodSchema,
	zodMetadata,
} from "./zod-internals.ts";
import { foldObjects } from "./zod-intersection.ts";
import { describeMetadata } from "./zod-metadata.ts";
import { type Path, ZodReading } from "./zod-reading.ts";
import { describeZodScalar } from "./zod-scalars.ts";

type Draft = Record<string | symbol, unknown>;

/**
 * Reads a schema of Zod 4 or Zod mini off its own definition: as JSON Schema (draft 2020-12) in Pydantic's words, with marks for what
 * that has no word for. Zod's own `~standard.jsonSchema` would do for Zod but not for Zod mini, says less, and takes four times as long.
 */
export function readZod(
	schema: ZodSchema,
	direction: SchemaDirection,
): { readonly raw: MarkedSchema; readonly reading: ZodReading } {
	const reading = new ZodReading(schema);
	const root = new ZodReader(direction, reading).node(schema);
	const raw: Draft = extended(root, { $defs: reading.definitions });
	raw[optionalKey] = schema._zod.optin !== undefined;
	return { raw, reading };
}

class ZodReader {
	readonly #direction: SchemaDirection;
	readonly #reading: ZodReading;
	readonly #known = new Map<ZodSchema, MarkedSchema>();
	/** Schemas that are being read: one that contains itself is a definition. */
	readonly #open = new Set<ZodSchema>();
	/** By schema the name of its definition. */
	readonly #names = new Map<ZodSchema, string>();
	/** Reads the wire side of codecs where this reads outputs. */
	#inputs: ZodReader | undefined;

	constructor(direction: SchemaDirection, reading: ZodReading) {
		this.#direction = direction;
		this.#reading = reading;
	}

	/** The description of a schema at a place; a definition is a reference. */
	node(schema: ZodSchema, ...steps: Path): MarkedSchema {
		const known = this.#known.get(schema);
		if (known !== undefined) {
			return known;
		}
		if (this.#open.has(schema)) {
			return this.#reference(schema);
		}
		const reading = this.#reading;
		const before = reading.undocumented.size;
		reading.path.push(...steps);
		this.#open.add(schema);
		const node = this.#define(schema);
		this.#open.delete(schema);
		reading.path.length -= steps.length;
		// a place that is not documented is told each time
		if (reading.undocumented.size === before) {
			this.#known.set(schema, node);
		}
		return node;
	}

	#define(schema: ZodSchema): MarkedSchema {
		const meta = zodMetadata(schema);
		const id = meta?.id;
		if (typeof id === "string") {
			this.#names.set(schema, this.#reading.nameFor(id));
		}
		const whole = this.#describe(schema, meta);
		const name = this.#names.get(schema);
		if (name === undefined) {
			return whole;
		}
		this.#reading.definitions[name] = whole;
		return this.#reference(schema);
	}

	#reference(schema: ZodSchema): MarkedSchema {
		let name = this.#names.get(schema);
		if (name === undefined) {
			name = this.#reading.nameForRecursive(schema);
			this.#names.set(schema, name);
		}
		return { $ref: this.#reading.referenceTo(name) };
	}

	#describe(schema: ZodSchema, meta: ZodMetadata | undefined): MarkedSchema {
		const replacement = meta?.jsonSchema;
		if (typeof replacement === "object" && replacement !== null) {
			this.#reading.hasForeign = true;
			const known = this.#reading.unreported(() => this.#content(schema));
			return replaced(known, replacement);
		}
		const { def, parent } = schema._zod;
		const more =
			meta === undefined
				? {}
				: describeMetadata(schema, meta, this.#direction, this.#reading);
		// a copy that only says more of itself
		if (parent !== undefined && parent._zod.def === def) {
			return this.#reading.described(this.node(parent), more);
		}
		const model = modelAbove(schema);
		if (model === undefined) {
			return this.#reading.described(this.#content(schema), more, def.type);
		}
		// a check more on a model: the reference, and what the check says
		const reference = this.node(model);
		const own = this.#content(schema);
		const known = this.#reading.definitions[this.#names.get(model) ?? ""] ?? {};
		return extended(reference, { ...keywordsBeside(own, known), ...more });
	}

	#content(schema: ZodSchema): MarkedSchema {
		const { def } = schema._zod;
		const own = schema._zod.toJSONSchema?.();
		if (own !== undefined) {
			this.#reading.hasForeign = true;
			return { ...own };
		}
		const content =
			describeZodScalar(schema) ?? this.#structure(schema, def) ?? {};
		return def.coerce === true ? { ...content, [coercesKey]: true } : content;
	}

	#structure(schema: ZodSchema, def: ZodDefinition): MarkedSchema | undefined {
		switch (def.type) {
			case "array":
			case "set":
				return this.#list(def);
			case "tuple":
				return this.#tuple(def);
			case "object":
				return this.#object(def);
			case "record":
			case "map":
				return this.#record(def);
			case "union":
				return this.#union(def);
			case "intersection":
				return foldObjects([
					this.#part(def.left, "allOf", 0),
					this.#part(def.right, "allOf", 1),
				]);
			case "nullable":
				return { anyOf: [this.#part(def.innerType), { type: "null" }] };
			case "default":
			case "prefault":
			case "catch":
				return this.#defaulted(def);
			case "pipe":
				this.#reading.isChanging = true;
				return this.#pipe(def);
			case "transform":
				this.#reading.isChanging = true;
				return { [changeKey]: "transform" };
			case "lazy":
				return this.#part(schema._zod.innerType);
			default:
				return def.innerType && this.#part(def.innerType);
		}
	}

	#part(schema: ZodSchema | null | undefined, ...steps: Path): MarkedSchema {
		return schema ? this.node(schema, ...steps) : {};
	}

	#list(def: ZodDefinition): MarkedSchema {
		const isSet = def.type === "set";
		return {
			type: "array",
			items: this.#part(isSet ? def.valueType : def.element, "items"),
			...(isSet && { uniqueItems: true, [markKey]: "set" }),
			...sizeKeywords(def, "minItems", "maxItems"),
		};
	}

	#tuple(def: ZodDefinition): MarkedSchema {
		const { items = [], rest } = def;
		const firstOptional = items.findLastIndex((item) => !isOptional(item)) + 1;
		return {
			type: "array",
			prefixItems: items.map((item, index) =>
				this.node(item, "prefixItems", index),
			),
			items: rest ? this.node(rest, "items") : false,
			...(firstOptional > 0 && { minItems: firstOptional }),
			...(!rest && { maxItems: items.length }),
			...sizeKeywords(def, "minItems", "maxItems"),
		};
	}

	/** An object: a field that may be left out is not required in either direction, and only a strict one says that it takes no more. */
	#object({ shape = {}, catchall }: ZodDefinition): MarkedSchema {
		const properties: Draft = {};
		const required: string[] = [];
		for (const [name, field] of Object.entries(shape)) {
			define(properties, name, this.node(field, "properties", name));
			if (!isOptional(field)) {
				required.push(name);
			}
		}
		const draft: Draft = { type: "object", properties };
		if (required.length > 0) {
			draft.required = required;
		}
		if (catchall !== undefined) {
			draft.additionalProperties =
				catchall._zod.def.type === "never"
					? false
					: this.node(catchall, "additionalProperties");
		}
		return draft;
	}

	#record(def: ZodDefinition): MarkedSchema {
		const keys = this.#part(def.keyType, "propertyNames");
		const values = this.#part(def.valueType, "additionalProperties");
		if (def.type === "map") {
			return {
				type: "object",
				additionalProperties: values,
				[keysKey]: keys,
				[markKey]: "map",
			};
		}
		const patterns = def.mode === "loose" ? patternsOf(keys) : [];
		if (patterns.length > 0) {
			const entries = patterns.map((pattern) => [pattern, values]);
			return { type: "object", patternProperties: Object.fromEntries(entries) };
		}
		const required = requiredKeys(def);
		return {
			type: "object",
			// JSON has texts for keys: that one reads as a number is for the validation to say
			...(namesTexts(keys) && { propertyNames: keys }),
			additionalProperties: values,
			...(required.length > 0 && { required }),
			[keysKey]: keys,
		};
	}

	#union({ options = [], inclusive, discriminator }: ZodDefinition): Draft {
		const keyword = inclusive === false ? "oneOf" : "anyOf";
		const members = options.map((option, index) =>
			this.node(option, keyword, index),
		);
		const references = members.map((member) => member.$ref);
		if (discriminator === undefined || references.includes(undefined)) {
			return { [keyword]: members };
		}
		// OpenAPI 3.1 §4.8.25: a discriminator knows its models by their references
		const mapping = options.flatMap((option, index) =>
			[...(option._zod.propValues?.[discriminator] ?? [])]
				.filter((value) => value !== undefined)
				.map((value) => [String(value), references[index]]),
		);
		return {
			[keyword]: members,
			discriminator: {
				propertyName: discriminator,
				mapping: Object.fromEntries(mapping),
			},
		};
	}

	#defaulted(def: ZodDefinition): MarkedSchema {
		const value = wireDefault(def);
		return extended(this.#part(def.innerType), {
			...(value !== undefined && { default: value }),
			[defaultedKey]: true,
		});
	}

	#pipe(def: ZodDefinition): MarkedSchema {
		const { in: from, out: to, reverseTransform } = def;
		if (from === undefined || to === undefined) {
			return {};
		}
		if (reverseTransform !== undefined) {
			return this.#codec(from, to);
		}
		const isPreprocessed = isPreprocessing(def);
		const isTransform = isPreprocessed || to._zod.def.type === "transform";
		const inner = this.#direction === "input" && !isPreprocessed ? from : to;
		return extended(this.node(inner), {
			[changeKey]: isTransform ? "transform" : "pipe",
			...(isPreprocessed && { [preprocessedKey]: true }),
		});
	}

	/** A codec is encoded on the way out, so that its wire form is that of its input side in both directions. */
	#codec(from: ZodSchema, to: ZodSchema): MarkedSchema {
		const names = pairedNames(
			from._zod.def.shape && Object.keys(from._zod.def.shape),
			to._zod.def.shape && Object.keys(to._zod.def.shape),
		);
		const marks = {
			[changeKey]: "codec",
			...(names !== undefined && { [namesKey]: names }),
		};
		if (this.#direction === "input") {
			return extended(this.node(from), marks);
		}
		this.#inputs ??= new ZodReader("input", this.#reading);
		const wire = this.#inputs.node(from);
		const value = this.#reading.unreported(() => this.node(to));
		return {
			...wire,
			...marks,
			[shapeKey]: { ...((value[shapeKey] as object) ?? value), ...marks },
		};
	}
}

/** A preprocessing function takes anything, also nothing; whether the field may be left out is for the schema behind it to say. */
function isOptional({ _zod: { def, optin } }: ZodSchema): boolean {
	return isPreprocessing(def) && def.out !== undefined
		? isOptional(def.out)
		: optin !== undefined;
}

/** The nearest schema with an id that this one adds to. */
function modelAbove(schema: ZodSchema): ZodSchema | undefined {
	const { parent } = schema._zod;
	if (parent === undefined) {
		return undefined;
	}
	return typeof zodMetadata(parent)?.id === "string"
		? parent
		: modelAbove(parent);
}

function keywordsBeside(own: MarkedSchema, known: MarkedSchema): Draft {
	const isNew = ([keyword, value]: [string, unknown]) =>
		JSON.stringify(value) !== JSON.stringify(known[keyword]);
	return Object.fromEntries(Object.entries(own).filter(isNew));
}

/** The keys that a record must have: all of an enumeration, unless their value may be left out. */
function requiredKeys({
	keyType,
	valueType,
	partial,
}: ZodDefinition): string[] {
	const values = keyType?._zod.values;
	if (!values || partial || (valueType && isOptional(valueType))) {
		return [];
	}
	return [...values]
		.filter((key) => typeof key === "string" || typeof key === "number")
		.map(String);
}

function patternsOf(keys: MarkedSchema): string[] {
	return typeof keys.pattern === "string" ? [keys.pattern] : [];
}

function namesTexts(keys: MarkedSchema): boolean {
	return keys.type !== "number" && keys.type !== "integer";
}

/** As a name, `__proto__` must make a field, not set the prototype. */
function define(object: Draft, name: string, value: unknown): void {
	Object.defineProperty(object, name, {
		value,
		configurable: true,
		enumerable: true,
		writable: true,
	});
}
