import type { ParameterField } from "../inject/parameter-field.ts";
import type { OpenApiField } from "../openapi/operation.ts";

/** Documents a parameter or a part of a body. */
export function describeField(field: ParameterField): OpenApiField {
	const { options } = field;
	return {
		name: field.name,
		schema: field.schema,
		isRequired: field.source === "path" || field.compiled.isRequired,
		title: options.title,
		description: options.description,
		deprecated: options.deprecated,
		examples: options.examples,
		openapiExamples: options.openapiExamples,
		includeInSchema: options.includeInSchema,
	};
}
