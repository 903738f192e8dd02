import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describeSchema } from "../schema/document/describe-schema.ts";
import type { DescribedSchema } from "../schema/document/described-schema.ts";
import type { SchemaDirection } from "../schema/document/json-schema.ts";
import {
	definitionName,
	type JsonSchema,
	mapSubschemas,
} from "../schema/document/json-schema.ts";
import type { OpenApiSchema } from "./operation.ts";

/** Where the document keeps its models. */
export const componentPrefix = "#/components/schemas/";

/** A model in one direction, as it was first met. */
interface Model {
	/** The id that its author gave it. */
	readonly id: string;
	readonly direction: SchemaDirection;
	/** The model and all that it refers to, as text: two models are the same if this is. */
	readonly text: string;
	/** True when it refers, at whatever depth, to a model that contains itself. */
	readonly isRecursive: boolean;
	/** Its place in the order in which models were met; part of its provisional reference. */
	readonly index: number;
	definition: JsonSchema;
}

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
			? this.#add(this.#describe(schema, direction, place), direction)
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
			"input",
		);
	}

	/** The final names by provisional reference, and the models by their final names. */
	finish(reserved: ReadonlySet<string>): FinishedModels {
		const references = new Map<string, string>();
		const models: Record<string, JsonSchema> = {};
		const taken = new Set(reserved);
		for (const [id, group] of Map.groupBy(
			this.#models.values(),
			({ id }) => id,
		)) {
			pairDirections(group).forEach((pair, index) => {
				const name = freeName(id, taken);
				taken.add(name);
				if (index > 0 || name !== id) {
					this.#options.onWarning(
						`Two different schemas have the id "${id}"; one of them is documented as "${name}". Give each an id of its own.`,
					);
				}
				for (const { model, suffix } of namesOf(pair)) {
					references.set(
						provisionalReference(model),
						`${componentPrefix}${name}${suffix}`,
					);
					models[name + suffix] = model.definition;
				}
			});
		}
		return { references, models };
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

	#add(
		{ schema, definitions }: DescribedSchema,
		direction: SchemaDirection,
	): JsonSchema {
		const ownDirection = this.#options.isSeparate ? direction : "input";
		const toProvisional = (reference: string): string => {
			const key = definitionName(reference);
			if (key === undefined || !definitions[key]) {
				return reference;
			}
			return provisionalReference(
				this.#model(key, definitions, ownDirection, toProvisional),
			);
		};
		return mapReferences(schema, toProvisional);
	}

	#model(
		key: string,
		definitions: Readonly<Record<string, JsonSchema>>,
		direction: SchemaDirection,
		toProvisional: (reference: string) => string,
	): Model {
		const definition = definitions[key] as JsonSchema; // the caller has looked
		const reach = reachOf(key, definitions);
		const text = textOf(key, definitions);
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
			index: this.#models.size,
			definition: {},
		};
		this.#models.set(identity, model);
		model.definition = mapReferences(
			withCutDescription(definition),
			toProvisional,
		);
		return model;
	}
}

function isStandardSchema(schema: OpenApiSchema): schema is StandardSchemaV1 {
	return "~standard" in schema;
}

export interface ModelTableOptions {
	/** True when input and output are described apart. */
	readonly isSeparate: boolean;
	readonly onWarning: (message: string) => void;
}

export interface FinishedModels {
	readonly references: ReadonlyMap<string, string>;
	readonly models: Readonly<Record<string, JsonSchema>>;
}

/** A text that no author writes, as every text of the document is looked up among these. */
function provisionalReference(model: Model): string {
	return `\0model ${model.index}`;
}

/** A model and all that it refers to as text, in which the models stand by their place: ids that differ for no reason don't tell. */
function textOf(
	key: string,
	definitions: Readonly<Record<string, JsonSchema>>,
): string {
	const names = [key];
	const place = (reference: string): string => {
		const name = definitionName(reference) ?? reference;
		if (!names.includes(name)) {
			names.push(name);
		}
		return `#${names.indexOf(name)}`;
	};
	const parts: unknown[] = [];
	for (const name of names) {
		const definition = definitions[name] ?? {};
		parts.push(modelId(name), mapReferences(definition, place));
	}
	return JSON.stringify(parts);
}

/** The names of the models that one refers to, at whatever depth, sorted; itself only if it is recursive. */
function reachOf(
	key: string,
	definitions: Readonly<Record<string, JsonSchema>>,
): readonly string[] {
	const reached = new Set<string>();
	const visit = (name: string): void => {
		const definition = definitions[name];
		if (!definition) {
			return;
		}
		mapReferences(definition, (reference) => {
			const next = definitionName(reference);
			if (next !== undefined && !reached.has(next)) {
				reached.add(next);
				visit(next);
			}
			return reference;
		});
	};
	visit(key);
	return [...reached].sort();
}

/** A component's name takes letters, digits, dot, dash and underscore (OpenAPI 3.1.1 §4.8.7). */
function modelId(key: string): string {
	if (key.startsWith("__schema")) {
		return "Recursive";
	}
	return key.replace(/__\d+$/, "").replace(/[^a-zA-Z0-9.\-_]/g, "_");
}

function freeName(id: string, taken: ReadonlySet<string>): string {
	let name = id;
	for (let number = 2; taken.has(name); number += 1) {
		name = `${id}${number}`;
	}
	return name;
}

interface DirectionPair {
	readonly input?: Model | undefined;
	readonly output?: Model | undefined;
}

/** Which input and which output are two sides of one model: those that are equal, else in the order in which they were met. */
function pairDirections(models: readonly Model[]): readonly DirectionPair[] {
	const inputs = models.filter(({ direction }) => direction === "input");
	const outputs = models.filter(({ direction }) => direction === "output");
	const pairs: { input?: Model | undefined; output?: Model | undefined }[] =
		inputs.map((input) => ({
			input,
			output: outputs.find(({ text }) => text === input.text),
		}));
	for (const output of outputs) {
		if (pairs.some((pair) => pair.output === output)) {
			continue;
		}
		const open = pairs.find((pair) => pair.output === undefined);
		if (open) {
			open.output = output;
		} else {
			pairs.push({ output });
		}
	}
	return pairs;
}

/**
 * One name for both directions if they are equal. A recursive model always has two, as with Pydantic: each direction refers to
 * itself, and so the two are never equal.
 */
function namesOf({ input, output }: DirectionPair): readonly {
	readonly model: Model;
	readonly suffix: string;
}[] {
	const models = [input, output].filter((model) => model !== undefined);
	const isOne =
		models.length < 2 || (input?.text === output?.text && !input?.isRecursive);
	return models.map((model) => ({
		model,
		suffix: isOne ? "" : model.direction === "input" ? "-Input" : "-Output",
	}));
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

function mapReferences(
	schema: JsonSchema,
	replace: (reference: string) => string,
): JsonSchema {
	const mapped = mapSubschemas(schema, (subschema) =>
		mapReferences(subschema, replace),
	);
	if (typeof mapped.$ref === "string") {
		mapped.$ref = replace(mapped.$ref);
	}
	const discriminator = mapped.discriminator as
		| { readonly mapping?: Readonly<Record<string, string>> }
		| undefined;
	if (discriminator?.mapping) {
		const mapping = Object.entries(discriminator.mapping).map(
			([value, reference]) => [value, replace(reference)],
		);
		mapped.discriminator = {
			...discriminator,
			mapping: Object.fromEntries(mapping),
		};
	}
	return mapped;
}
