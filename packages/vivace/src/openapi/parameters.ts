import { headerName } from "../http/header-name.ts";
import type { JsonSchema } from "../schema/document/json-schema.ts";
import type { DocumentNode } from "./document-tree.ts";
import {
	annotatedSchema,
	namedExamples,
	titledSchema,
} from "./field-schema.ts";
import type { ModelTable } from "./model-table.ts";
import type { OpenApiParameter } from "./operation.ts";

/**
 * The parameter objects of an operation (OpenAPI 3.1.1 §4.8.12): path, query, header, cookie, each in the order of declaration. One
 * that is declared twice stands once, where it was first, required if it is required anywhere.
 */
export function parameterObjects(
	parameters: readonly OpenApiParameter[],
	models: ModelTable,
	where: string,
): DocumentNode[] {
	const byName = new Map<string, DocumentNode>();
	for (const group of groups) {
		for (const parameter of parameters) {
			if (parameter.in !== group || parameter.includeInSchema === false) {
				continue;
			}
			for (const described of describeParameter(parameter, models, where)) {
				const key = `${group} ${String(described.name)}`;
				const known = byName.get(key);
				if (known?.required !== true || described.required === true) {
					byName.set(key, described);
				}
			}
		}
	}
	return [...byName.values()];
}

const groups = ["path", "query", "header", "cookie"] as const;

function describeParameter(
	parameter: OpenApiParameter,
	models: ModelTable,
	where: string,
): DocumentNode[] {
	if (parameter.isModel) {
		return modelParameters(parameter, models, where);
	}
	const { name, isRequired } = parameter;
	const annotated = annotatedSchema(parameter, models, where);
	const schema =
		parameter.in === "path" ? withoutDefault(annotated) : annotated;
	return [
		{
			name,
			in: parameter.in,
			required: isRequired,
			schema: titledSchema(schema, name, models),
			...spokenAnnotations(schema),
			...namedExamples(parameter),
		},
	];
}

/** A path has a text for each of its parameters, so that a default never counts. */
function withoutDefault({
	default: _never,
	...schema
}: JsonSchema): JsonSchema {
	return schema;
}

/** Each field of an object schema as a parameter. */
function modelParameters(
	parameter: OpenApiParameter,
	models: ModelTable,
	where: string,
): DocumentNode[] {
	const { properties = {}, required = [] } = models.addFields(
		parameter.schema,
		`${where}: "${parameter.name}"`,
	);
	const hasDashes =
		parameter.in === "header" && parameter.convertUnderscores !== false;
	const { aliases = {} } = parameter;
	return Object.entries(properties).map(([name, field]) => {
		const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
		return {
			name: alias ?? (hasDashes ? headerName(name) : name),
			in: parameter.in,
			required: required.includes(name),
			schema: titledSchema(field, alias ?? name, models),
			...spokenAnnotations(field),
		};
	});
}

/** The annotations of a schema that a parameter has beside it too. */
function spokenAnnotations(schema: JsonSchema): DocumentNode {
	return {
		...(schema.description && { description: schema.description }),
		...(schema.deprecated === true && { deprecated: true }),
	};
}
