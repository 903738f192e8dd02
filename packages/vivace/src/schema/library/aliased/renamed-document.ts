import type { DescribedSchema } from "../../document/described-schema.ts";
import {
	definitionName,
	type JsonSchema,
	mapSubschemas,
} from "../../document/json-schema.ts";
import { titleCase } from "../../document/title-case.ts";
import { type AliasRule, wireNames } from "./field-names.ts";

/** The description of a schema with the names that its fields have on the wire; of several the first. */
export function renamedDocument(
	{ schema, definitions, ...more }: DescribedSchema,
	rule: AliasRule,
): DescribedSchema {
	const roots = rootsOf(schema, definitions);
	return {
		...more,
		schema: renamed(schema, rule, true),
		definitions: Object.fromEntries(
			Object.entries(definitions).map(([name, definition]) => [
				name,
				renamed(definition, rule, roots.has(name)),
			]),
		),
	};
}

/** The definitions that are the schema itself: behind a reference, or members of a union. */
function rootsOf(
	schema: JsonSchema,
	definitions: DescribedSchema["definitions"],
	found: Set<string> = new Set(),
): Set<string> {
	const name = definitionName(schema.$ref ?? "");
	const definition = name === undefined ? undefined : definitions[name];
	if (name !== undefined && definition !== undefined && !found.has(name)) {
		found.add(name);
		rootsOf(definition, definitions, found);
	}
	for (const member of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
		rootsOf(member, definitions, found);
	}
	return found;
}

function renamed(
	schema: JsonSchema,
	rule: AliasRule,
	isRoot: boolean,
): JsonSchema {
	const nameOf = (own: string) => wireNames(own, rule, isRoot)[0];
	const mapped = mapSubschemas(schema, (part, keyword, key) => {
		const isMember = keyword === "anyOf" || keyword === "oneOf";
		const inner = renamed(part, rule, isRoot && isMember);
		return keyword === "properties" ? retitled(inner, key, nameOf(key)) : inner;
	});
	if (mapped.properties !== undefined) {
		mapped.properties = Object.fromEntries(
			Object.entries(mapped.properties).map(([own, field]) => [
				nameOf(own),
				field,
			]),
		);
	}
	if (mapped.required !== undefined) {
		mapped.required = mapped.required.map(nameOf);
	}
	const discriminator = mapped.discriminator as
		| { readonly propertyName: string }
		| undefined;
	if (discriminator !== undefined) {
		const propertyName = nameOf(discriminator.propertyName);
		mapped.discriminator = { ...discriminator, propertyName };
	}
	return mapped;
}

/** A title that was made of the own name is one of the name on the wire, as with Pydantic. */
function retitled(field: JsonSchema, own: string, wire: string): JsonSchema {
	return field.title === titleCase(own).trim()
		? { ...field, title: titleCase(wire).trim() }
		: field;
}
