import type {
	JsonSchema,
	SchemaDirection,
} from "../schema/document/json-schema.ts";
import {
	definitionName,
	mapSubschemas,
} from "../schema/document/json-schema.ts";
import { type DocumentNode, isNode, setMember } from "./document-tree.ts";

/** A model in one direction, as it was first met. */
export interface Model {
	/** The id that its author gave it. */
	readonly id: string;
	readonly direction: SchemaDirection;
	/** The model and all that it refers to, as text: two models are the same if this is. */
	readonly text: string;
	/** True when it refers, at whatever depth, to a model that contains itself. */
	readonly isRecursive: boolean;
	/** Where it was first met, as warnings name it. */
	readonly place: string;
	/** The texts in the other direction, as {@link Model.text} of each model of its id there. */
	readonly otherTexts: () => readonly string[];
	/** Its place in the order in which models were met; part of its provisional reference. */
	readonly index: number;
	definition: JsonSchema;
}

/**
 * A model and all that it refers to as text, in which the models stand by their place and members in one order: ids and orders that
 * differ for no reason don't tell.
 */
export function textOf(
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
		const definition = inOneOrder(definitions[name] ?? {}) as JsonSchema; // as it was, but for the order
		parts.push(modelId(name), mapReferences(definition, place));
	}
	return JSON.stringify(parts);
}

/** Members sorted by name, and with them `required`, whose order means nothing. */
function inOneOrder(value: unknown): unknown {
	if (Array.isArray(value)) {
		return value.map(inOneOrder);
	}
	if (!isNode(value)) {
		return value;
	}
	const sorted: DocumentNode = {};
	for (const key of Object.keys(value).sort()) {
		const member = value[key];
		setMember(
			sorted,
			key,
			key === "required" && Array.isArray(member)
				? member.toSorted()
				: inOneOrder(member),
		);
	}
	return sorted;
}

/** The names of the models that one refers to, at whatever depth, sorted; itself only if it is recursive. */
export function reachOf(
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

/** True where no member at whatever depth is one of those that {@link mapReferences} looks at: most schemas need no copy. */
function hasNoReference(value: unknown): boolean {
	if (typeof value !== "object" || value === null) {
		return true;
	}
	if (Array.isArray(value)) {
		return value.every(hasNoReference);
	}
	for (const key of Object.keys(value)) {
		if (
			key === "$ref" ||
			key === "discriminator" ||
			!hasNoReference((value as DocumentNode)[key])
		) {
			return false;
		}
	}
	return true;
}

/** The name of a model that contains itself and has no id. */
export const recursiveId = "Recursive";

/** A component's name takes letters, digits, dot, dash and underscore (OpenAPI 3.1.1 §4.8.7). */
export function modelId(key: string): string {
	if (key.startsWith("__schema")) {
		return recursiveId;
	}
	return key.replace(/__\d+$/, "").replace(/[^a-zA-Z0-9.\-_]/g, "_");
}

/** The schema with each of its references replaced, also those of a discriminator; itself where it has none. */
export function mapReferences(
	schema: JsonSchema,
	replace: (reference: string) => string,
): JsonSchema {
	return hasNoReference(schema) ? schema : mapEach(schema, replace);
}

function mapEach(
	schema: JsonSchema,
	replace: (reference: string) => string,
): JsonSchema {
	const mapped = mapSubschemas(schema, (subschema) =>
		mapEach(subschema, replace),
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
