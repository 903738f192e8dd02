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
	const renamer = new Renamer(rule, definitions, roots);
	return {
		...more,
		schema: renamer.schema(schema, true),
		definitions: Object.fromEntries(
			Object.entries(definitions).map(([name, definition]) => [
				name,
				renamer.schema(definition, roots.has(name)),
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

class Renamer {
	readonly #rule: AliasRule;
	readonly #definitions: DescribedSchema["definitions"];
	readonly #roots: ReadonlySet<string>;

	constructor(
		rule: AliasRule,
		definitions: DescribedSchema["definitions"],
		roots: ReadonlySet<string>,
	) {
		this.#rule = rule;
		this.#definitions = definitions;
		this.#roots = roots;
	}

	schema(schema: JsonSchema, isRoot: boolean): JsonSchema {
		const nameOf = (own: string) => wireNames(own, this.#rule, isRoot)[0];
		const mapped = mapSubschemas(schema, (part, keyword, key) => {
			const isMember = keyword === "anyOf" || keyword === "oneOf";
			const inner = this.schema(part, isRoot && isMember);
			return keyword === "properties"
				? retitled(inner, key, nameOf(key))
				: inner;
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
		return this.#withValues(mapped, schema, isRoot);
	}

	/** Defaults and examples are on the wire, too. */
	#withValues(
		mapped: JsonSchema,
		schema: JsonSchema,
		isRoot: boolean,
	): JsonSchema {
		const { default: value, examples } = schema;
		return {
			...mapped,
			...(value !== undefined && {
				default: this.#value(value, schema, isRoot),
			}),
			...(Array.isArray(examples) && {
				examples: examples.map((each) => this.#value(each, schema, isRoot)),
			}),
		};
	}

	#value(value: unknown, schema: JsonSchema, isRoot: boolean): unknown {
		if (typeof value !== "object" || value === null) {
			return value;
		}
		const parts = this.#parts(schema, isRoot);
		if (Array.isArray(value)) {
			const items = parts.find(([{ items }]) => typeof items === "object");
			const each = items?.[0].items as JsonSchema | undefined;
			return each === undefined
				? value
				: value.map((item) => this.#value(item, each, false));
		}
		const object = parts.find(([{ properties }]) =>
			Object.keys(value).every((own) => properties && own in properties),
		);
		if (object === undefined) {
			return value;
		}
		const [{ properties = {} }, isOfRoot] = object;
		return Object.fromEntries(
			Object.entries(value).map(([own, item]) => [
				wireNames(own, this.#rule, isOfRoot)[0],
				this.#value(item, properties[own] ?? {}, false),
			]),
		);
	}

	/** A schema itself, what it refers to, the members of a union; each with a word on whether aliases are for it. */
	#parts(
		schema: JsonSchema,
		isRoot: boolean,
	): readonly (readonly [schema: JsonSchema, isRoot: boolean])[] {
		const name = definitionName(schema.$ref ?? "");
		const definition = name === undefined ? undefined : this.#definitions[name];
		if (name !== undefined && definition !== undefined) {
			return [[definition, this.#roots.has(name)]];
		}
		const members = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
		return members.length === 0
			? [[schema, isRoot]]
			: members.flatMap((member) => this.#parts(member, isRoot));
	}
}

/** A title that was made of the own name is one of the name on the wire, as with Pydantic. */
function retitled(field: JsonSchema, own: string, wire: string): JsonSchema {
	return field.title === titleCase(own).trim()
		? { ...field, title: titleCase(wire).trim() }
		: field;
}
