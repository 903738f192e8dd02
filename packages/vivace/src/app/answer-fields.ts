import { describeSchema } from "../schema/document/describe-schema.ts";
import {
	definitionName,
	type JsonSchema,
} from "../schema/document/json-schema.ts";
import { withoutUnset } from "../schema/shape/unset-fields.ts";
import type { FieldSelection, PathOperation } from "./path-operation.ts";

/** Leaves out of an answer's content what the path operation does not want to send; `result` is what the handler returned. */
export type PickFields = (content: unknown, result: unknown) => unknown;

/** Leaves out nothing. */
export const allFields: PickFields = (content) => content;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The closure for `excludeUnset`, `excludeDefaults`, `excludeNone`, `include` and `exclude`; the identity where none is set.
 * @see FastAPI, "Response Model - Return Type"
 */
export function compileFields(operation: PathOperation): PickFields {
	const { options } = operation;
	const picks: PickFields[] = [];
	if (options.excludeUnset) {
		picks.push(withoutUnset);
	}
	if (options.excludeDefaults && options.response !== undefined) {
		const { schema, definitions } = describeSchema(options.response, "output");
		picks.push((content) => withoutDefaults(content, schema, definitions));
	}
	if (options.excludeNone) {
		picks.push(withoutNulls);
	}
	const { include, exclude } = options;
	if (include !== undefined) {
		picks.push(compileInclude(include));
	}
	if (exclude !== undefined) {
		picks.push(compileExclude(exclude));
	}
	if (picks.length === 0) {
		return allFields;
	}
	return (content, result) =>
		picks.reduce((picked, pick) => pick(picked, result), content);
}

function isFields(value: unknown): value is Fields {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The members for which `keep` gives a value; `undefined` leaves one out. */
function mapFields(
	fields: Fields,
	keep: (value: unknown, name: string) => unknown,
): Fields {
	const kept: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(fields)) {
		const made = keep(value, name);
		if (made !== undefined) {
			kept[name] = made;
		}
	}
	return kept;
}

function withoutNulls(content: unknown): unknown {
	if (Array.isArray(content)) {
		return content.map(withoutNulls);
	}
	if (!isFields(content)) {
		return content;
	}
	return mapFields(content, (value) =>
		value === null ? undefined : withoutNulls(value),
	);
}

function withoutDefaults(
	content: unknown,
	declared: JsonSchema | boolean | undefined,
	definitions: Readonly<Record<string, JsonSchema>>,
): unknown {
	const schema = resolved(declared, definitions);
	if (schema === undefined) {
		return content;
	}
	if (Array.isArray(content)) {
		return content.map((item) =>
			withoutDefaults(item, schema.items, definitions),
		);
	}
	if (!isFields(content)) {
		return content;
	}
	return mapFields(content, (value, name) => {
		const property = schema.properties?.[name];
		return property !== undefined && isDefault(value, property, schema, name)
			? undefined
			: withoutDefaults(value, property, definitions);
	});
}

function resolved(
	schema: JsonSchema | boolean | undefined,
	definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema | undefined {
	if (typeof schema !== "object") {
		return undefined;
	}
	const name = definitionName(schema.$ref ?? "");
	return name === undefined ? schema : definitions[name];
}

/** A field that need not be there and has no default in the document has the default null. */
function isDefault(
	value: unknown,
	property: JsonSchema,
	parent: JsonSchema,
	name: string,
): boolean {
	if ("default" in property) {
		return JSON.stringify(property.default) === JSON.stringify(value);
	}
	return value === null && !parent.required?.includes(name);
}

type PickContent = (content: unknown) => unknown;

/** Only the selected fields. */
function compileInclude(selection: FieldSelection): PickContent {
	const picks = compileSelection(selection, compileInclude, (value) => value);
	return (content) =>
		mapObjects(content, (value, name) => picks.get(name)?.(value));
}

/** All fields but the selected ones. */
function compileExclude(selection: FieldSelection): PickContent {
	const picks = compileSelection(selection, compileExclude, () => undefined);
	return (content) =>
		mapObjects(content, (value, name) => {
			const pick = picks.get(name);
			return pick === undefined ? value : pick(value);
		});
}

/** What happens to each field that is named: `whole` where nothing is said of what is in it. */
function compileSelection(
	selection: FieldSelection,
	compile: (selection: FieldSelection) => PickContent,
	whole: PickContent,
): ReadonlyMap<string, PickContent> {
	const entries: readonly (readonly [string, true | FieldSelection])[] =
		Array.isArray(selection)
			? selection.map((name) => [name, true])
			: Object.entries(selection);
	return new Map(
		entries.map(([name, inner]) => [
			name,
			inner === true ? whole : compile(inner),
		]),
	);
}

/** An object, or each object of a list, with the members for which `keep` gives a value. */
function mapObjects(
	content: unknown,
	keep: (value: unknown, name: string) => unknown,
): unknown {
	if (Array.isArray(content)) {
		return content.map((item) => mapObjects(item, keep));
	}
	return isFields(content) ? mapFields(content, keep) : content;
}
