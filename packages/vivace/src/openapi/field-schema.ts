import type { JsonSchema } from "../schema/document/json-schema.ts";
import { titleCase } from "../schema/document/title-case.ts";
import type { DocumentNode } from "./document-tree.ts";
import type { ModelTable } from "./model-table.ts";
import type { OpenApiField } from "./operation.ts";

/** A field's schema with what the field says of itself, still without a title of its own. */
export function annotatedSchema(
	field: OpenApiField,
	models: ModelTable,
	where: string,
): JsonSchema {
	const schema = models.add(field.schema, "input", `${where}: "${field.name}"`);
	const { title, description, deprecated, examples } = field;
	const own = Object.entries({ title, description, deprecated, examples });
	return {
		...schema,
		...Object.fromEntries(own.filter(([, value]) => value !== undefined)),
	};
}

/** The schema with a title: its own, or the name in words; a reference to a model needs none, nor a document without titles. */
export function titledSchema(
	schema: JsonSchema,
	name: string,
	{ hasTitles }: Pick<ModelTable, "hasTitles">,
): JsonSchema {
	return !hasTitles || schema.$ref !== undefined || schema.title !== undefined
		? schema
		: { ...schema, title: titleCase(name) };
}

/** Examples by name, as they stand beside a schema. */
export function namedExamples({ openapiExamples }: OpenApiField): DocumentNode {
	return openapiExamples ? { examples: openapiExamples } : {};
}
