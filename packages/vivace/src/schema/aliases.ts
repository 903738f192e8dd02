import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	assertOptions,
	isRecord,
	type OptionRules,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { AliasedSchema } from "./library/aliased/aliased-schema.ts";
import type { AliasRule } from "./library/aliased/field-names.ts";
import type { AliasesOf, Renamed } from "./library/aliased/renamed-type.ts";
import { libraryOf, readSchema } from "./read-schema.ts";
import { type InputOf, isSchema, type OutputOf } from "./standard-schema.ts";

/** Options of {@link camel} and {@link snake}. */
export interface CaseOptions<Aliases> {
	/**
	 * Names of single fields of the schema itself, by their own names; they override the rule. If a list is given, the first name that is
	 * present is read, and the first one in the list is written and documented. Pydantic: `alias`, `AliasChoices`.
	 */
	readonly aliases?: Aliases;
	/** True when fields are read by their own names too. Default: false. Pydantic: `populate_by_name`. */
	readonly populateByName?: boolean;
}

/** Options of {@link aliased}. */
export interface AliasOptions<Aliases> extends CaseOptions<Aliases> {
	/** The JSON name of each field, at any depth, that `aliases` doesn't name. Default: its own. Pydantic: `alias_generator`. */
	readonly aliasGenerator?: (own: string) => string;
}

/** The input of a schema whose fields have other names; with a generator they are not known at compile time. */
type Input<Schema extends StandardSchemaV1, Options> = Options extends {
	readonly aliasGenerator: unknown;
}
	? never
	: Options extends { readonly aliases: infer Aliases }
		? Renamed<InputOf<Schema>, "own", Aliases>
		: InputOf<Schema>;

/**
 * A schema of any library whose fields have the JSON names that `aliases` and `aliasGenerator` define. Requests, responses, the document
 * and errors use these names, and handlers use the schema's own. Own names are not read (unless `populateByName`).
 *
 * @throws SetupError `VIV_OPTION` when an option is invalid; when the app is built `VIV_SCHEMA`, if two fields have the same name
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { aliased } from "vivace/schemas";
 * import { z } from "zod";
 *
 * const Book = aliased(z.object({ listPrice: z.number(), title: z.string() }), {
 * 	aliases: { listPrice: ["list-price", "price"] },
 * });
 *
 * const app = new App();
 * app.post({ path: "/books", response: Book }, { book: Book }, ({ book }) => ({ ...book, listPrice: book.listPrice * 2 }));
 * ```
 * @see Pydantic, "Alias"
 */
export function aliased<
	Schema extends StandardSchemaV1,
	const Options extends AliasOptions<AliasesOf<InputOf<Schema>>>,
>(
	schema: Schema,
	options: Options,
): AliasedSchema<Input<Schema, Options>, OutputOf<Schema>> {
	return withNames("aliased()", schema, options);
}

/**
 * A schema whose fields have camel case names in JSON, at any depth: `list_price` is `listPrice`. Like {@link aliased}. An underscore
 * between letters or digits makes the next letter a capital; nothing else is changed. (Pydantic's `to_camel` also makes a capital after a
 * digit: for `sha256sum` use `aliases`.)
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { camel } from "vivace/schemas";
 * import { z } from "zod";
 *
 * const Book = camel(z.object({ list_price: z.number(), sold_at: z.date().nullish() }));
 *
 * const app = new App();
 * app.post({ path: "/books", response: Book }, { book: Book }, ({ book }) => ({ ...book, list_price: 2 * book.list_price }));
 * ```
 * @see Pydantic, "Alias": `alias_generator=to_camel`
 */
export function camel<
	Schema extends StandardSchemaV1,
	const Aliases extends AliasesOf<InputOf<Schema>> = Record<never, string>,
>(
	schema: Schema,
	options: CaseOptions<Aliases> = {},
): AliasedSchema<Renamed<InputOf<Schema>, "camel", Aliases>, OutputOf<Schema>> {
	assertOptions<CaseOptions<unknown>>("camel()", options, caseRules);
	return withNames("camel()", schema, { aliasGenerator: toCamel, ...options });
}

/**
 * A schema whose fields have snake case names in JSON, at any depth: `listPrice` is `list_price`, as FastAPI's are without aliases. Like
 * {@link aliased}. An underscore is inserted between a small letter or a digit and a capital: `orderID` is `order_id`.
 *
 * @see Pydantic, "Alias": `alias_generator=to_snake`
 */
export function snake<
	Schema extends StandardSchemaV1,
	const Aliases extends AliasesOf<InputOf<Schema>> = Record<never, string>,
>(
	schema: Schema,
	options: CaseOptions<Aliases> = {},
): AliasedSchema<Renamed<InputOf<Schema>, "snake", Aliases>, OutputOf<Schema>> {
	assertOptions<CaseOptions<unknown>>("snake()", options, caseRules);
	return withNames("snake()", schema, { aliasGenerator: toSnake, ...options });
}

function toCamel(own: string): string {
	return own.replace(/(?<=[^_])_([^_])/g, (_, next: string) =>
		next.toUpperCase(),
	);
}

function toSnake(own: string): string {
	return own
		.replace(/(?<=[^_\p{Lu}])\p{Lu}/gu, (capital) => `_${capital}`)
		.toLowerCase();
}

function withNames<Input, Output>(
	where: string,
	schema: StandardSchemaV1,
	options: AliasRule,
): AliasedSchema<Input, Output> {
	if (!isSchema(schema)) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: expected a schema such as z.object({ … }) as the first argument.`,
		);
	}
	assertOptions(where, options, rules);
	return new AliasedSchema<Input, Output>(
		{
			schema,
			library: libraryOf(schema),
			shapeOf: (direction) => readSchema(schema, direction).shape,
		},
		options,
	);
}

const caseRules: OptionRules<CaseOptions<unknown>> = {
	aliases: aliasesMistake,
	populateByName: "boolean",
};
const rules: OptionRules<AliasRule> = {
	...caseRules,
	aliasGenerator: "function",
};

function aliasesMistake(value: unknown): string | undefined {
	const isName = (name: unknown) => typeof name === "string" && name !== "";
	const isRight =
		isRecord(value) &&
		Object.values(value).every((names = "default") =>
			Array.isArray(names)
				? names.length > 0 && names.every(isName)
				: isName(names),
		);
	return isRight ? undefined : 'names by field: { price: "list-price" }';
}
