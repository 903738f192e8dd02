import type { StandardSchemaV1 } from "@standard-schema/spec";
import { SetupError } from "../errors/setup-error.ts";
import { describeSchema } from "../schema/document/describe-schema.ts";
import {
	definitionName,
	type JsonSchema,
} from "../schema/document/json-schema.ts";
import {
	type AnswerHeaders,
	type BuiltInOptions,
	BuiltInSchema,
} from "../schema/library/built-in/built-in-schema.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { TotalOption } from "./total-option.ts";

/** The values that a schema takes or gives: an item of a page before it is encoded. */
export type ItemOf<Schema extends StandardSchemaV1> =
	| StandardSchemaV1.InferInput<Schema>
	| StandardSchemaV1.InferOutput<Schema>;

/** A page: its items, and the fields that say which part of the list it is. */
export type Paged<Fields, Item> = { readonly items: Item[] } & Fields;

/** The parts of a page's schema beside that of its item. */
export interface PageSchemaParts {
	/** Its name in the document; default: FastAPI's `Page[Item]`. */
	readonly name: string | undefined;
	/** The name of the field with its items. */
	readonly itemsName: string;
	readonly fields: Readonly<Record<string, StandardSchemaV1>>;
}

/**
 * The schema of a page around that of its items: they keep their validation, their encoding and, where they are a model, their reference.
 *
 * @param kind the generic model's name: `Page`
 * @param answerHeaders those that an answer with a page may have
 * @param parts undefined for the list alone
 */
export function pageSchema(
	kind: string,
	item: StandardSchemaV1,
	answerHeaders: AnswerHeaders,
	parts: PageSchemaParts | undefined,
): BuiltInSchema<unknown> {
	if (!isSchema(item)) {
		throw new SetupError(
			"VIV_OPTION",
			`pages of ${kind}: expected the schema of an item, such as z.object({ … }), as first argument, got ${typeof item}.`,
		);
	}
	const itemsWith = (options: BuiltInOptions) =>
		new BuiltInSchema<unknown>({ kind: "list", items: item, options });
	if (parts === undefined) {
		return itemsWith({ answerHeaders });
	}
	const { name, itemsName, fields } = parts;
	return new BuiltInSchema({
		kind: "object",
		fields: { [itemsName]: itemsWith({}), ...fields },
		options: {
			answerHeaders,
			// not before it is asked for: a recursive schema may not be complete when the page is declared
			name: () => name ?? genericName(kind, item),
		},
	});
}

/** A count, an index or a size in a page. */
export function count(description: string, minimum = 0): BuiltInSchema<number> {
	return new BuiltInSchema({
		kind: "integer",
		options: { description, minimum },
	});
}

/** `total` or `pages`, null where nothing is counted. */
export function totalCount(
	description: string,
	option: TotalOption,
): BuiltInSchema<number | null> {
	const options = { minimum: 0, isNullable: option === "none" };
	if (option === "none") {
		return new BuiltInSchema({
			kind: "integer",
			options: { ...options, description: `${description}: not counted` },
		});
	}
	const suffix =
		option === "exact"
			? ""
			: `, counted up to ${option.cappedAt}, which stands for as many or more`;
	return new BuiltInSchema({
		kind: "integer",
		options: { ...options, description: description + suffix },
	});
}

/** `Page[Item]`; a page of what has no name has none, and stands where it is used. */
function genericName(kind: string, item: StandardSchemaV1): string | undefined {
	const { schema } = describeSchema(item, "output");
	const argument =
		definitionName(schema.$ref ?? "")?.replace(/__\d+$/, "") ??
		plainName(schema);
	return argument && !argument.startsWith("__schema")
		? `${kind}[${argument}]`
		: undefined;
}

/** Python's names, as FastAPI writes `Page[int]`. */
const plainNames: Readonly<Record<string, string>> = {
	string: "str",
	integer: "int",
	number: "float",
	boolean: "bool",
};

function plainName({ type, format }: JsonSchema): string | undefined {
	return format === undefined && typeof type === "string"
		? plainNames[type]
		: undefined;
}
