import {
	definitionReference,
	type SchemaDirection,
} from "../../document/json-schema.ts";
import { wireValue } from "../../document/wire-value.ts";
import { anyFile, binaryInstance } from "../../shape/binary.ts";
import {
	changeKey,
	defaultedKey,
	extended,
	keysKey,
	lostPatternKey,
	type MarkedSchema,
	markKey,
	preprocessedKey,
	replaced,
	valuesKey,
} from "../../shape/marks.ts";
import { enumMembers, enumNames } from "../enum-names.ts";
import { someWithin } from "../some-within.ts";
import { describeMetadata, describeValidation } from "./valibot-actions.ts";
import {
	placeBehindFunction,
	type ValibotSchema,
	valibotParts,
} from "./valibot-internals.ts";

/** The reading of a Valibot schema. */
export interface ValibotReading {
	readonly raw: MarkedSchema;
	/** Something has no JSON Schema and is documented as anything. */
	readonly isUndocumented: boolean;
	/** A pattern is left out, because of its flags. */
	readonly hasLostPattern: boolean;
	/** Something stands between input and output. */
	readonly isChanging: boolean;
}

/**
 * Reads a Valibot schema off its own members, as JSON Schema with marks: Valibot's own schemas have no `~standard.jsonSchema`
 * (`@valibot/to-json-schema` adds it), and dates, sets and maps have no JSON Schema at all.
 */
export function readValibot(
	schema: ValibotSchema,
	direction: SchemaDirection,
): ValibotReading {
	const reader = new ValibotReader(direction, schema);
	const root = reader.node(schema);
	return {
		raw: extended(root, { $defs: reader.definitions }),
		isUndocumented: reader.isUndocumented,
		hasLostPattern: reader.hasLostPattern,
		isChanging: reader.isChanging,
	};
}

type Draft = Record<string | symbol, unknown>;

class ValibotReader {
	readonly definitions: Record<string, MarkedSchema> = {};
	isUndocumented = false;
	hasLostPattern = false;
	isChanging = false;
	readonly #direction: SchemaDirection;
	readonly #root: ValibotSchema;
	readonly #known = new Map<unknown, MarkedSchema>();
	/** The schemas that are being read; a lazy one by the function that gives it. */
	readonly #open = new Set<unknown>();
	readonly #names = new Map<unknown, string>();

	constructor(direction: SchemaDirection, root: ValibotSchema) {
		this.#direction = direction;
		this.#root = root;
	}

	/** The description of a schema; one that contains itself is a reference to a definition. */
	node(schema: ValibotSchema | undefined): MarkedSchema {
		if (schema === undefined) {
			return {};
		}
		const key = schema.getter ?? schema;
		const known = this.#known.get(key);
		if (known !== undefined) {
			return known;
		}
		if (this.#open.has(key)) {
			return this.#reference(key);
		}
		this.#open.add(key);
		const { id, ...whole } = this.#describe(schema);
		this.#open.delete(key);
		if (typeof id === "string") {
			this.#names.set(key, id);
		}
		const name = this.#names.get(key);
		if (name !== undefined) {
			this.definitions[name] = whole;
		}
		const node = name === undefined ? whole : this.#reference(key);
		this.#known.set(key, node);
		return node;
	}

	#reference(key: unknown): MarkedSchema {
		let name = this.#names.get(key);
		if (name === undefined) {
			const isRoot = key === this.#root;
			name = isRoot ? "__schema" : `__schema${this.#names.size}`;
			this.#names.set(key, name);
		}
		return { $ref: definitionReference(name) };
	}

	#describe(schema: ValibotSchema): MarkedSchema {
		const { pipe } = schema;
		if (pipe === undefined) {
			return this.#type(schema);
		}
		const place = placeBehindFunction(pipe);
		const [first, ...rest] = pipe;
		return place === undefined
			? this.#pipe(first === undefined ? {} : this.#describe(first), rest)
			: this.#preprocessed(pipe, place);
	}

	/** A preprocessing function takes anything: what is wanted of it is for the schema behind it to say. */
	#preprocessed(pipe: readonly ValibotSchema[], place: number): MarkedSchema {
		this.isChanging = true;
		const notes = pipe
			.slice(0, place)
			.filter(({ kind }) => kind === "metadata");
		return extended(
			this.#pipe({ ...this.node(pipe[place]) }, [
				...notes,
				...pipe.slice(place + 1),
			]),
			{ [changeKey]: "transform", [preprocessedKey]: true },
		);
	}

	#pipe(first: MarkedSchema, rest: readonly ValibotSchema[]): MarkedSchema {
		let draft = first;
		for (const item of rest) {
			if (item.kind === "metadata") {
				const { jsonSchema, ...more } = describeMetadata(item);
				draft =
					typeof jsonSchema === "object" && jsonSchema !== null
						? replaced(draft, jsonSchema)
						: extended(draft, more);
			} else if (item.kind === "validation") {
				draft = extended(draft, describeValidation(item, draft.type));
				this.hasLostPattern ||= draft[lostPatternKey] === true;
			} else {
				// from here on it is no longer what came in
				this.isChanging = true;
				if (this.#direction === "input") {
					return extended(draft, { [changeKey]: "transform" });
				}
				draft =
					item.kind === "schema" ? { ...this.node(item) } : this.#changed();
			}
		}
		return draft;
	}

	/** The result of a transformation, of which nothing is known. */
	#changed(): MarkedSchema {
		this.isUndocumented = true;
		return { [changeKey]: "transform" };
	}

	#type(schema: ValibotSchema): MarkedSchema {
		const scalar = scalarTypes[schema.type];
		if (scalar !== undefined) {
			return scalar;
		}
		switch (schema.type) {
			case "literal":
				return {
					const: wireValue(schema.literal),
					[markKey]: "literal",
					...(typeof schema.literal === "bigint" && {
						[valuesKey]: [schema.literal],
					}),
				};
			case "picklist":
				return { enum: schema.options };
			case "enum":
				return {
					enum: schema.options,
					...enumNames(enumMembers(schema.enum ?? {})),
				};
			case "array":
				return { type: "array", items: this.node(schema.item) };
			case "set":
				return {
					type: "array",
					items: this.node(schema.value),
					uniqueItems: true,
					[markKey]: "set",
				};
			case "map":
			case "record":
				return this.#record(schema);
			case "union":
				return { anyOf: this.#all(schema.options) };
			case "variant":
				return { oneOf: this.#all(schema.options) };
			case "intersect":
				return { allOf: this.#all(schema.options) };
			case "instance":
				return binaryInstance(schema.class) ?? this.#structure(schema);
			case "lazy":
				return this.node(schema.getter?.(undefined));
			default:
				return this.#structure(schema);
		}
	}

	#structure(schema: ValibotSchema): MarkedSchema {
		if (schema.wrapped !== undefined) {
			return this.#wrapped(schema);
		}
		if (schema.items !== undefined) {
			return this.#tuple(schema, schema.items);
		}
		if (schema.entries !== undefined) {
			return this.#object(schema, schema.entries);
		}
		this.isUndocumented = true;
		return {};
	}

	#all(schemas: readonly unknown[] = []): MarkedSchema[] {
		return schemas.map((schema) => this.node(schema as ValibotSchema));
	}

	#tuple(schema: ValibotSchema, items: readonly ValibotSchema[]): Draft {
		const isOpen = schema.type === "loose_tuple" || schema.rest !== undefined;
		return {
			type: "array",
			prefixItems: this.#all(items),
			...(schema.rest !== undefined && { items: this.node(schema.rest) }),
			minItems: items.length,
			...(!isOpen && { maxItems: items.length }),
		};
	}

	#record(schema: ValibotSchema): Draft {
		const keys = this.node(schema.key);
		return {
			type: "object",
			propertyNames: keys,
			additionalProperties: this.node(schema.value),
			[keysKey]: keys,
			...(schema.type === "map" && { [markKey]: "map" }),
		};
	}

	#object(
		schema: ValibotSchema,
		entries: Readonly<Record<string, ValibotSchema>>,
	): Draft {
		const properties = Object.entries(entries).map(([name, entry]) => [
			name,
			this.node(entry),
		]);
		const draft: Draft = {
			type: "object",
			properties: Object.fromEntries(properties),
			required: Object.keys(entries).filter(
				(name) => !optionalTypes.has(entries[name]?.type ?? ""),
			),
		};
		if (schema.rest !== undefined) {
			draft.additionalProperties = this.node(schema.rest);
		} else if (schema.type === "strict_object") {
			draft.additionalProperties = false;
		} else if (schema.type === "loose_object") {
			draft.additionalProperties = {};
		}
		return draft;
	}

	#wrapped(schema: ValibotSchema): MarkedSchema {
		const inner = this.node(schema.wrapped);
		const isNullable = schema.type === "nullable" || schema.type === "nullish";
		const node = isNullable ? { anyOf: [inner, { type: "null" }] } : inner;
		if (schema.default === undefined) {
			return node;
		}
		// a default is what is received, not what is made of it
		const isSaid =
			typeof schema.default !== "function" &&
			!(
				this.#direction === "output" &&
				someWithin(schema, valibotParts, isTransforming)
			);
		return extended(node, {
			...(isSaid && { default: wireValue(schema.default) }),
			[defaultedKey]: true,
		});
	}
}

function isTransforming({ pipe = [] }: ValibotSchema): boolean {
	return pipe
		.slice(1)
		.some(({ kind }) => kind === "transformation" || kind === "schema");
}

const optionalTypes: ReadonlySet<string> = new Set([
	"optional",
	"exact_optional",
	"nullish",
]);

const scalarTypes: Readonly<Record<string, MarkedSchema>> = {
	string: { type: "string" },
	number: { type: "number" },
	boolean: { type: "boolean" },
	null: { type: "null" },
	bigint: { type: "integer", [markKey]: "bigint" },
	date: { type: "string", format: "date-time", [markKey]: "date" },
	undefined: { type: "null", [markKey]: "absent" },
	void: { type: "null", [markKey]: "absent" },
	any: { [markKey]: "anything" },
	unknown: { [markKey]: "anything" },
	never: { not: {} },
	nan: { type: "number" },
	blob: anyFile,
	file: anyFile,
};
