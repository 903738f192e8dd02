import {
	type JsonSchema,
	mapSubschemas,
} from "../schema/document/json-schema.ts";
import { titleCase } from "../schema/document/title-case.ts";

/** The schema without the titles that only repeat the names of its fields; what an author wrote otherwise stays. */
export function withoutMadeTitles(schema: JsonSchema): JsonSchema {
	return mapSubschemas(schema, (subschema, keyword, key) => {
		const inner = withoutMadeTitles(subschema);
		return keyword === "properties" ? withoutTitle(inner, key) : inner;
	});
}

function withoutTitle(schema: JsonSchema, name: string): JsonSchema {
	const { title, ...rest } = schema;
	return title === titleCase(name).trim() ? rest : schema;
}

/** The schema without any title at whatever depth: for models whose titles are all made. */
export function withoutTitles({ title: _, ...schema }: JsonSchema): JsonSchema {
	return mapSubschemas(schema, withoutTitles);
}
