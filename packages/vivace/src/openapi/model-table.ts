import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describeSchema } from "../schema/document/describe-schema.ts";
import type { DescribedSchema } from "../schema/document/described-schema.ts";
import type { SchemaDirection } from "../schema/document/json-schema.ts";
import {
	definitionName,
	type JsonSchema,
} from "../schema/document/json-schema.ts";
import {
	type DirectionPair,
	firstMet,
	namesOf,
	pairDirections,
} from "./direction-pairs.ts";
import { withoutMadeTitles } from "./made-titles.ts";
import {
	type Model,
	mapReferences,
	modelId,
	reachOf,
	recursiveId,
	textOf,
} from "./model.ts";
import type { OpenApiSchema } from "./operation.ts";

/** Where the document keeps its models. */
export const componentPrefix = "#/components/schemas/";

/**
 * The models of a document. What a schema refers to gets a provisional reference when it is added; when all are known, `names` says
 * under which name each stands: its id, or `Item-Input` and `Item-Output` where the two directions differ.
 */
export class ModelTable {
	readonly #models = new Map<string, Model>();
	readonly #options: ModelTableOptions;

	constructor(options: ModelTableOptions) {
		this.#options = options;
	}

	/** The schema as it stands in the document, its models referred to provisionally. `place` names it in warnings. */
	add(
		schema: OpenApiSchema,
		direction: SchemaDirection,
		place: string,
	): JsonSchema {
		return isStandardSchema(schema)
			? this.#add(this.#describe(schema, direction, place), {
					schema,
					direction,
					place,
				})
			: schema;
	}

	/** As {@link ModelTable.add}; a model comes with its fields, not as a reference. */
	addFields(schema: OpenApiSchema, place: string): JsonSchema {
		if (!isStandardSchema(schema)) {
			return schema;
		}
		const described = this.#describe(schema, "input", place);
		const key = definitionName(described.schema.$ref ?? "") ?? "";
		const { $ref: _, ...own } = described.schema;
		return this.#add(
			{ ...described, schema: { ...described.definitions[key], ...own } },
			{ schema, direction: "input", place },
		);
	}

	/** The final names by provisional reference, and the models by their final names. */
	*finish(reserved: ReadonlySet<string>): Generator<unknown, FinishedModels> {
		const references = new Map<string, string>();
		const models = new Map<string, JsonSchema>();
		const taken = new Set(reserved);
		for (const [id, group] of Map.groupBy(
			this.#models.values(),
			({ id }) => id,
		)) {
			yield;
			const pairs = pairDirections(group);
			pairs.forEach((pair, index) => {
				const name = freeName(id, taken);
				taken.add(name);
				if (index > 0 || name !== id) {
					this.#warn(name, pair, index > 0 ? pairs[0] : undefined);
				}
				for (const { model, suffix } of namesOf(pair)) {
					references.set(
						provisionalReference(model),
						`${componentPrefix}${name}${suffix}`,
					);
					models.set(name + suffix, this.#named(model));
				}
			});
		}
		return { references, models };
	}

	/** Two of one name: says where both are, so that both are found. */
	#warn(
		name: string,
		pair: DirectionPair,
		first: DirectionPair | undefined,
	): void {
		const own = firstMet(pair);
		const other = first === undefined ? undefined : firstMet(first);
		const { id = name, place = "" } = own ?? {};
		const where =
			other === undefined
				? `The id "${id}" (${place}) is one of the document's own`
				: `Two different schemas have the id "${id}" (${other.place}; ${place})`;
		const documented =
			other === undefined ? "it is documented" : "the second is documented";
		this.#options.onWarning(
			id === recursiveId
				? `Two different schemas contain themselves and have no id (${other?.place}; ${place}); the second is documented as "${name}". Give each an id.`
				: `${where}; ${documented} as "${name}". Give each an id of its own.`,
		);
	}

	#describe(
		schema: StandardSchemaV1,
		direction: SchemaDirection,
		place: string,
	): DescribedSchema {
		const described = describeSchema(
			schema,
			this.#options.isSeparate ? direction : "input",
		);
		for (const part of described.undocumented) {
			this.#options.onWarning(
				`${place}${part && `, "${part}"`} has no JSON Schema and is documented as anything; its schema still validates.`,
			);
		}
		for (const part of described.lostPatterns ?? []) {
			this.#options.onWarning(
				`${place}${part && `, "${part}"`} has a regular expression whose flags JSON Schema can't say; the document leaves it out, and it is still checked.`,
			);
		}
		return described;
	}

	#add({ schema, definitions }: DescribedSchema, met: Met): JsonSchema {
		const direction = this.#options.isSeparate ? met.direction : "input";
		const toProvisional = (reference: string): string => {
			const key = definitionName(reference);
			if (key === undefined || !definitions[key]) {
				return reference;
			}
			return provisionalReference(
				this.#model(key, definitions, { ...met, direction }, toProvisional),
			);
		};
		return mapReferences(this.#titled(schema), toProvisional);
	}

	/** True when fields and models have titles that are made of their names. */
	get hasTitles(): boolean {
		return this.#options.hasTitles;
	}

	/** A model's name is its title, unless its author has given it another. */
	#named({ definition, id }: Model): JsonSchema {
		const { title, ...rest } = definition;
		return this.hasTitles || title !== id ? definition : rest;
	}

	#titled(schema: JsonSchema): JsonSchema {
		return this.hasTitles ? schema : withoutMadeTitles(schema);
	}

	#model(
		key: string,
		definitions: Readonly<Record<string, JsonSchema>>,
		met: Met,
		toProvisional: (reference: string) => string,
	): Model {
		const definition = definitions[key] as JsonSchema; // the caller has looked
		const reach = reachOf(key, definitions);
		const text = textOf(key, definitions);
		const { direction, place } = met;
		const identity = `${direction} ${text}`;
		const known = this.#models.get(identity);
		if (known) {
			return known;
		}
		const model: Model = {
			id: modelId(key),
			direction,
			text,
			isRecursive: [key, ...reach].some((name) =>
				reachOf(name, definitions).includes(name),
			),
			place,
			otherTexts: () => textsOfOtherSide(modelId(key), met),
			index: this.#models.size,
			definition: {},
		};
		this.#models.set(identity, model);
		model.definition = mapReferences(
			this.#titled(withCutDescription(definition)),
			toProvisional,
		);
		return model;
	}
}

function isStandardSchema(schema: OpenApiSchema): schema is StandardSchemaV1 {
	return "~standard" in schema;
}

/** A schema that refers to models, and where it was met. */
interface Met {
	readonly schema: StandardSchemaV1;
	readonly direction: SchemaDirection;
	readonly place: string;
}

/** The models of an id to which the schema refers in the other direction. */
function textsOfOtherSide(id: string, { schema, direction }: Met): string[] {
	const other = direction === "input" ? "output" : "input";
	const { definitions } = describeSchema(schema, other);
	return Object.keys(definitions)
		.filter((key) => modelId(key) === id)
		.map((key) => textOf(key, definitions));
}

export interface ModelTableOptions {
	/** True when input and output are described apart. */
	readonly isSeparate: boolean;
	/** True when fields and models have titles that are made of their names. */
	readonly hasTitles: boolean;
	readonly onWarning: (message: string) => void;
}

export interface FinishedModels {
	readonly references: ReadonlyMap<string, string>;
	readonly models: Map<string, JsonSchema>;
}

/** A text that no author writes, as every text of the document is looked up among these. */
function provisionalReference(model: Model): string {
	return `\0model ${model.index}`;
}

function freeName(id: string, taken: ReadonlySet<string>): string {
	let name = id;
	for (let number = 2; taken.has(name); number += 1) {
		name = `${id}${number}`;
	}
	return name;
}

/** FastAPI documents a model's description up to a form feed. */
function withCutDescription(definition: JsonSchema): JsonSchema {
	return definition.description?.includes("\f")
		? { ...definition, description: cutDescription(definition.description) }
		: definition;
}

/** The text before a form feed. */
export function cutDescription(text: string): string {
	return text.split("\f", 1)[0] ?? text;
}
