import type { JsonSchema } from "../schema/document/json-schema.ts";
import { withFieldTitle } from "../schema/document/normalise-schema.ts";
import { type DocumentNode, setMember } from "./document-tree.ts";
import {
	annotatedSchema,
	namedExamples,
	titledSchema,
} from "./field-schema.ts";
import { componentPrefix, type ModelTable } from "./model-table.ts";
import type { OpenApiBody } from "./operation.ts";

/** A body and the component that it needs, if it has parts. */
export interface DescribedBody {
	/** The request body object (OpenAPI 3.1.1 §4.8.13). */
	readonly requestBody: DocumentNode;
	readonly components: Readonly<Record<string, JsonSchema>>;
}

/** Describes what an operation takes as a body; parts under their names become the component `Body_` and the operation's id. */
export function describeBody(
	body: OpenApiBody,
	uniqueId: string,
	models: ModelTable,
	where: string,
): DescribedBody {
	const { parts, mediaType = "application/json" } = body;
	const [first] = parts;
	const componentName = `Body_${uniqueId}`;
	const components: Record<string, JsonSchema> = {};
	let content: DocumentNode;
	if (body.isEmbedded || !first) {
		components[componentName] = partsModel(body, componentName, models, where);
		content = { schema: { $ref: componentPrefix + componentName } };
	} else {
		const schema = annotatedSchema(first, models, where);
		content = {
			schema: titledSchema(schema, first.name, models),
			...namedExamples(first),
		};
	}
	const isRequired = parts.some((part) => part.isRequired);
	const requestBody = {
		...(isRequired && { required: true }),
		content: {
			[mediaType]: {
				...content,
				...(body.encoding && { encoding: body.encoding }),
			},
		},
	};
	return { requestBody, components };
}

function partsModel(
	{ parts }: OpenApiBody,
	title: string,
	models: ModelTable,
	where: string,
): JsonSchema {
	const properties: Record<string, JsonSchema> = {};
	const required: string[] = [];
	for (const part of parts) {
		if (part.isSpread) {
			const model = models.addFields(part.schema, `${where}: "${part.name}"`);
			for (const [name, field] of Object.entries(model.properties ?? {})) {
				const alias = aliasOf(part.aliases, name);
				setMember(
					properties,
					alias,
					models.hasTitles ? withFieldTitle(field, alias) : field,
				);
			}
			required.push(
				...(model.required ?? []).map((name) => aliasOf(part.aliases, name)),
			);
			continue;
		}
		const schema = annotatedSchema(part, models, where);
		setMember(
			properties,
			part.name,
			models.hasTitles ? withFieldTitle(schema, part.name) : schema,
		);
		if (part.isRequired) {
			required.push(part.name);
		}
	}
	return {
		properties,
		type: "object",
		...(required.length > 0 && { required }),
		...(models.hasTitles && { title }),
	};
}

function aliasOf(
	aliases: Readonly<Record<string, string>> | undefined,
	name: string,
): string {
	return aliases !== undefined && Object.hasOwn(aliases, name)
		? (aliases[name] ?? name)
		: name;
}
