import { SetupError } from "../errors/setup-error.ts";
import { isJsonObject } from "../json/json-object.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { describeSchema } from "../schema/document/describe-schema.ts";
import {
	definitionName,
	type JsonSchema,
} from "../schema/document/json-schema.ts";
import { anyShape } from "../schema/shape/shape.ts";
import { compileWithoutUnset } from "../schema/shape/unset-fields.ts";
import {
	compileExclude,
	compileInclude,
	type PickContent,
	type SelectionShapes,
} from "./field-selection.ts";
import type { ResponseFields, RouteOptions } from "./path-operation.ts";

/** Leaves out of an answer's content what the path operation does not want to send; `result` is what the handler returned. */
export type PickFields = (content: unknown, result: unknown) => unknown;

type Fields = Readonly<Record<string, unknown>>;

/** The fields that are sent, by which schema, and how messages name the place: a path operation, or something of the kind. */
export interface SelectedFields {
	readonly options: ResponseFields & Pick<RouteOptions, "response">;
	readonly where: string;
}

/**
 * The closure for `excludeUnset`, `excludeDefaults`, `excludeNone`, `include` and `exclude`, for a whole answer or an item of a stream;
 * `undefined` where none is set.
 *
 * @throws SetupError `VIV_RESPONSE` when `include` or `exclude` names what is no field of the response schema
 * @see FastAPI, "Response Model - Return Type"
 */
export function compileFields(
	operation: SelectedFields,
): PickFields | undefined {
	const { options } = operation;
	const picks: PickFields[] = [];
	if (options.excludeUnset) {
		picks.push(withoutUnsetFields(operation));
	}
	if (options.excludeDefaults && options.response !== undefined) {
		const { schema, definitions } = describeSchema(options.response, "output");
		picks.push((content) => withoutDefaults(content, schema, definitions));
	}
	if (options.excludeNone) {
		picks.push(withoutNulls);
	}
	picks.push(...compileSelections(operation));
	const [first, ...more] = picks;
	if (first === undefined) {
		return undefined;
	}
	return (content, result) =>
		more.reduce((picked, pick) => pick(picked, result), first(content, result));
}

function withoutUnsetFields({ options }: SelectedFields): PickFields {
	if (options.response === undefined) {
		return compileWithoutUnset(anyShape, "sent");
	}
	const { shape, isEncodedBackwards } = compileSchema(options.response);
	return compileWithoutUnset(shape, isEncodedBackwards ? "sent" : "received");
}

function compileSelections({ options, where }: SelectedFields): PickContent[] {
	const { include, exclude } = options;
	if (include === undefined && exclude === undefined) {
		return [];
	}
	const shapes = selectionShapes(options.response);
	const refusal =
		(option: string) => (name: string, known: readonly string[]) =>
			new SetupError(
				"VIV_RESPONSE",
				`${where}: ${option} names "${name}", which is no field of the response; it has ${known.map((field) => `"${field}"`).join(", ") || "none"}.`,
			);
	const picks: PickContent[] = [];
	if (include !== undefined) {
		picks.push(compileInclude(include, shapes, refusal("include")));
	}
	if (exclude !== undefined) {
		picks.push(compileExclude(exclude, shapes, refusal("exclude")));
	}
	return picks;
}

function selectionShapes(schema: RouteOptions["response"]): SelectionShapes {
	if (schema === undefined) {
		return { own: anyShape, sent: anyShape };
	}
	const { shape, outputShape, isEncodedBackwards } = compileSchema(schema);
	return { own: outputShape, sent: isEncodedBackwards ? shape : outputShape };
}

function isFields(value: unknown): value is Fields {
	return isJsonObject(value);
}

/** The members for which `keep` gives a value; `undefined` leaves one out. */
function mapFields(
	fields: Fields,
	keep: (value: unknown, name: string) => unknown,
): Fields {
	return Object.fromEntries(
		Object.entries(fields)
			.map(([name, value]) => [name, keep(value, name)])
			.filter(([, value]) => value !== undefined),
	);
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
		return content.map((item, index) =>
			withoutDefaults(
				item,
				schema.prefixItems?.[index] ?? schema.items,
				definitions,
			),
		);
	}
	if (!isFields(content)) {
		return content;
	}
	return mapFields(content, (value, name) => {
		const property = schema.properties?.[name];
		return property !== undefined && isDefault(value, property, schema, name)
			? undefined
			: withoutDefaults(
					value,
					property ?? schema.additionalProperties,
					definitions,
				);
	});
}

/** The schema itself behind a reference, also one that may be null. */
function resolved(
	schema: JsonSchema | boolean | undefined,
	definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema | undefined {
	if (typeof schema !== "object") {
		return undefined;
	}
	if (schema.$ref !== undefined) {
		return definitions[definitionName(schema.$ref) ?? ""];
	}
	const [only, ...more] = (schema.anyOf ?? []).filter(
		({ type }) => type !== "null",
	);
	return only !== undefined && more.length === 0
		? resolved(only, definitions)
		: schema;
}

/** A field that need not be there and has no default in the document has the default null. */
function isDefault(
	value: unknown,
	property: JsonSchema,
	parent: JsonSchema,
	name: string,
): boolean {
	if ("default" in property) {
		return isSame(property.default, value);
	}
	return value === null && !parent.required?.includes(name);
}

/** Tells whether two contents say the same; a field that is null in one may be absent in the other, in which it is null too. */
function isSame(one: unknown, other: unknown): boolean {
	if (Array.isArray(one) && Array.isArray(other)) {
		return (
			one.length === other.length &&
			one.every((item, index) => isSame(item, other[index]))
		);
	}
	if (isFields(one) && isFields(other)) {
		const names = new Set([...Object.keys(one), ...Object.keys(other)]);
		return [...names].every((name) =>
			isSame(one[name] ?? null, other[name] ?? null),
		);
	}
	return one === other;
}
