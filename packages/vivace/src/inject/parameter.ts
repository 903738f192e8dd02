import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { WithoutUnset } from "../schema/shape/unset-fields.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { Declared } from "./declaration.ts";
import { declarationText } from "./declaration-text.ts";

/** The part of the request that a parameter is read from. */
export type ParameterSource =
	| "path"
	| "query"
	| "header"
	| "cookie"
	| "body"
	| "form"
	| "file";

/** What every parameter can say of itself beside its schema; all of it goes into the OpenAPI document. */
export interface ParameterOptions {
	/** Name on the wire. Default: the name in the record (for headers with dashes for underscores and humps). */
	readonly alias?: string;
	readonly title?: string;
	readonly description?: string;
	readonly deprecated?: boolean;
	/** Examples of values, put into the schema (JSON Schema `examples`). */
	readonly examples?: readonly unknown[];
	/** Examples by name, put beside the schema (OpenAPI 3.1.1 §4.8.12.5). */
	readonly openapiExamples?: Readonly<Record<string, unknown>>;
	/** True when the parameter is documented. Default: true. */
	readonly includeInSchema?: boolean;
}

/** What {@link Query}, {@link Header} and {@link Cookie} take beside {@link ParameterOptions}. */
export interface ModelOptions extends ParameterOptions {
	/**
	 * Of an object schema: names on the wire by field, `{ userId: "X-User-ID" }`; the other fields keep theirs. FastAPI: the aliases of a
	 * model's fields.
	 */
	readonly aliases?: Readonly<Record<string, string>>;
}

/** What {@link Header} takes beside {@link ModelOptions}. */
export interface HeaderOptions extends ModelOptions {
	/** True when underscores and humps of the name become dashes: `userAgent` and `user_agent` read `user-agent`. Default: true. */
	readonly convertUnderscores?: boolean;
}

/** What {@link Body} takes beside {@link ParameterOptions}. */
export interface BodyOptions extends ParameterOptions {
	/** True when a single body is expected under its name: `{"item": {…}}`. Several bodies always are. Default: false. */
	readonly embed?: boolean;
	/** The media type that the document names. Default: `application/json`. */
	readonly mediaType?: string;
	/** True when strings that read as a number, boolean or date are refused where the schema asks for one. Default: the app's. */
	readonly strict?: boolean;
	/**
	 * True when the value holds only the fields that the client sent, at any depth, and not those that the schema filled in: for partial
	 * updates. Default: false. FastAPI, "Body - Updates": `exclude_unset`.
	 */
	readonly excludeUnset?: boolean;
}

const parameterRules: OptionRules<ParameterOptions> = {
	alias: "text",
	title: "text",
	description: "text",
	deprecated: "boolean",
	examples: "list",
	openapiExamples: "record",
	includeInSchema: "boolean",
};
const modelRules: OptionRules<ModelOptions> = {
	...parameterRules,
	aliases: "record",
};
const headerRules: OptionRules<HeaderOptions> = {
	...modelRules,
	convertUnderscores: "boolean",
};
const bodyRules: OptionRules<BodyOptions> = {
	...parameterRules,
	embed: "boolean",
	mediaType: "text",
	strict: "boolean",
	excludeUnset: "boolean",
};

const makerNames: Readonly<Record<ParameterSource, string>> = {
	path: "Path",
	query: "Query",
	header: "Header",
	cookie: "Cookie",
	body: "Body",
	form: "Form",
	file: "File",
};

/** A schema and the part of the request that it describes. */
export class Parameter<Value> implements Declared<Value> {
	declare readonly "~value"?: Value;
	readonly source: ParameterSource;
	readonly schema: StandardSchemaV1;
	readonly options: HeaderOptions & BodyOptions;

	constructor(
		source: ParameterSource,
		schema: StandardSchemaV1,
		options: HeaderOptions & BodyOptions,
	) {
		if (!isSchema(schema)) {
			throw new SetupError(
				"VIV_PARAMETER",
				`${makerNames[source]}(): expected a schema such as z.string() as the first argument, got ${declarationText(schema)}.`,
			);
		}
		this.source = source;
		this.schema = schema;
		this.options = options;
	}
}

type OutputOf<Schema extends StandardSchemaV1> =
	StandardSchemaV1.InferOutput<Schema>;

/** A parameter that is read from the path; its name must be in the template. FastAPI, "Path Parameters". */
export function Path<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: ParameterOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Path()", options, parameterRules);
	return new Parameter("path", schema, options);
}

/**
 * A parameter that is read from the query: a list from repeated keys, an object schema from all keys at once (a parameter model).
 * FastAPI, "Query Parameters" and "Query Parameter Models".
 */
export function Query<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: ModelOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Query()", options, modelRules);
	return new Parameter("query", schema, options);
}

/** A parameter that is read from a header, or an object schema from all of them. FastAPI, "Header Parameters". */
export function Header<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: HeaderOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Header()", options, headerRules);
	return new Parameter("header", schema, options);
}

/** A parameter that is read from a cookie, or an object schema from all of them. FastAPI, "Cookie Parameters". */
export function Cookie<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: ModelOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Cookie()", options, modelRules);
	return new Parameter("cookie", schema, options);
}

/** The JSON body, or one key of it where there are several bodies or `embed` is set. FastAPI, "Body - Multiple Parameters". */
export function Body<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: BodyOptions & { readonly excludeUnset: true },
): Parameter<WithoutUnset<OutputOf<Schema>>>;
export function Body<Schema extends StandardSchemaV1>(
	schema: Schema,
	options?: BodyOptions & { readonly excludeUnset?: false },
): Parameter<OutputOf<Schema>>;
export function Body(
	schema: StandardSchemaV1,
	options: BodyOptions = {},
): Parameter<unknown> {
	assertOptions("Body()", options, bodyRules);
	return new Parameter("body", schema, options);
}
