import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { UploadFile } from "../http/form/upload-file.ts";
import { BuiltInSchema } from "../schema/library/built-in/built-in-schema.ts";
import type { WithoutUnset } from "../schema/shape/unset-fields.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { Declared } from "./declaration.ts";
import { declarationText } from "./declaration-text.ts";

/** The part of the request where a parameter is read. */
export type ParameterSource =
	| "path"
	| "query"
	| "header"
	| "cookie"
	| "body"
	| "form"
	| "file";

/** Options of every parameter, in addition to its schema; all of them appear in the OpenAPI document. */
export interface ParameterOptions {
	/** Its name in HTTP. Default: the name in the record (for headers with dashes instead of underscores and capitals). */
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

/** Options of {@link Query}, {@link Header} and {@link Cookie}. */
export interface ModelOptions extends ParameterOptions {
	/**
	 * For an object schema: HTTP names by field, `{ userId: "X-User-ID" }`; the other fields keep theirs. FastAPI: the aliases of a
	 * model's fields.
	 */
	readonly aliases?: Readonly<Record<string, string>>;
}

/** Options of {@link Header}. */
export interface HeaderOptions extends ModelOptions {
	/** True when underscores and capitals in the name become dashes: `userAgent` and `user_agent` read `user-agent`. Default: true. */
	readonly convertUnderscores?: boolean;
}

/** Options of {@link Body}. */
export interface BodyOptions extends ParameterOptions {
	/** True when a single body is expected under its name: `{"item": {…}}`. Several bodies always are. Default: false. */
	readonly embed?: boolean;
	/** The media type in the document. Default: `application/json`. */
	readonly mediaType?: string;
	/** True when strings are never converted to a number, boolean or date. Default: the app's. */
	readonly strict?: boolean;
	/**
	 * True when the value contains only the fields that the client sent, at any depth, and not those that the schema filled in: for
	 * partial updates. Default: false. FastAPI, "Body - Updates": `exclude_unset`.
	 */
	readonly excludeUnset?: boolean;
}

/** Options of {@link File}. */
export interface FileOptions extends ParameterOptions {
	/** The media type of the whole body in the document. Default: `multipart/form-data`. */
	readonly mediaType?: string;
	/**
	 * True when the `type` of a file is determined from its first bytes, whatever the client says: the empty string if they show none.
	 * Then a rule of the schema, such as `z.file().mime("image/png")`, applies to the content. Default: false.
	 */
	readonly detectType?: boolean;
}

/** Options of {@link Form}. */
export interface FormOptions extends ModelOptions {
	/**
	 * The media type of the whole body in the document. Default: `application/x-www-form-urlencoded`, or `multipart/form-data` if there
	 * are files.
	 */
	readonly mediaType?: string;
	/** As in {@link FileOptions}, for the files of a form model. Default: false. */
	readonly detectType?: boolean;
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

const fileRules: OptionRules<FileOptions> = {
	...parameterRules,
	mediaType: "text",
	detectType: "boolean",
};
const formRules: OptionRules<FormOptions> = {
	...modelRules,
	mediaType: "text",
	detectType: "boolean",
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

/** The options of all kinds of parameters. */
export type AnyOptions = HeaderOptions & BodyOptions & FormOptions;

/** A schema and the part of the request that it describes. */
export class Parameter<Value> implements Declared<Value> {
	declare readonly "~value"?: Value;
	readonly source: ParameterSource;
	readonly schema: StandardSchemaV1;
	readonly options: AnyOptions;

	constructor(
		source: ParameterSource,
		schema: StandardSchemaV1,
		options: AnyOptions,
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

/** A parameter from the path; its name must be in the template. FastAPI, "Path Parameters". */
export function Path<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: ParameterOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Path()", options, parameterRules);
	return new Parameter("path", schema, options);
}

/**
 * A parameter from the query. An array schema reads all values of the name, an object schema reads all parameters (a parameter model).
 * FastAPI, "Query Parameters" and "Query Parameter Models".
 */
export function Query<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: ModelOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Query()", options, modelRules);
	return new Parameter("query", schema, options);
}

/** A parameter from a header; an object schema reads all headers. FastAPI, "Header Parameters". */
export function Header<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: HeaderOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Header()", options, headerRules);
	return new Parameter("header", schema, options);
}

/** A parameter from a cookie; an object schema reads all cookies. FastAPI, "Cookie Parameters". */
export function Cookie<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: ModelOptions = {},
): Parameter<OutputOf<Schema>> {
	assertOptions("Cookie()", options, modelRules);
	return new Parameter("cookie", schema, options);
}

/** The JSON body, or one key of it if there are several bodies or `embed` is set. FastAPI, "Body - Multiple Parameters". */
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

/** A value with an {@link UploadFile} wherever its schema asks for a `File`: by itself, in a list, as a field. */
export type WithUploads<Value> = Value extends globalThis.File
	? UploadFile
	: Value extends readonly unknown[]
		? { [Index in keyof Value]: WithUploads<Value[Index]> }
		: Value extends Date | Uint8Array | ReadonlyMap<unknown, unknown>
			? Value
			: Value extends ReadonlySet<infer Item>
				? Set<WithUploads<Item>>
				: Value extends object
					? { [Name in keyof Value]: WithUploads<Value[Name]> }
					: Value;

/**
 * A field of a form, urlencoded or multipart. An object schema is the whole form (a form model) with strings, arrays and files. Further
 * fields beside a model are read from the same form. A single empty field counts as missing, as in FastAPI.
 *
 * @example
 * ```ts
 * import { App, Form } from "vivace";
 * import { z } from "zod";
 *
 * const Report = z.object({ title: z.string(), pictures: z.array(z.file().max(5_000_000).mime(["image/png", "image/jpeg"])) });
 * const app = new App();
 * app.post("/login", { username: Form(z.string()), password: Form(z.string()) }, ({ username }) => ({ username }));
 * app.post("/reports", { report: Form(Report) }, ({ report }) => report.pictures.map((each) => each.filename));
 * ```
 * @see FastAPI, "Form Data" and "Form Models"
 */
export function Form<Schema extends StandardSchemaV1>(
	schema: Schema,
	options: FormOptions = {},
): Parameter<WithUploads<OutputOf<Schema>>> {
	assertOptions("Form()", options, formRules);
	return new Parameter("form", schema, options);
}

/**
 * A file of a form. Without a schema the value is its bytes. With `z.file()` or `UploadFile` it is an {@link UploadFile}, with
 * `z.instanceof(Uint8Array)` the bytes; an array schema gives all files of that name. A text field becomes its UTF-8 bytes if bytes are
 * declared.
 *
 * @example
 * ```ts
 * import { App, File, UploadFile } from "vivace";
 * import { z } from "zod";
 *
 * const app = new App();
 * app.post("/files", { small: File(), many: File(z.array(z.file())), maybe: File(z.file().nullish()) }, ({ small, many, maybe }) => [
 * 	small.length,
 * 	many.length,
 * 	maybe?.size ?? null,
 * ]);
 * app.post("/avatars", { file: File(UploadFile, { description: "A picture" }) }, ({ file }) => file.filename);
 * ```
 * @see FastAPI, "Request Files"
 */
export function File(
	schema?: undefined,
	options?: FileOptions,
): Parameter<Uint8Array>;
export function File<Schema extends StandardSchemaV1>(
	schema: Schema,
	options?: FileOptions,
): Parameter<WithUploads<OutputOf<Schema>>>;
export function File(
	schema: StandardSchemaV1 = bytes,
	options: FileOptions = {},
): Parameter<unknown> {
	assertOptions("File()", options, fileRules);
	return new Parameter("file", schema, options);
}

const bytes = new BuiltInSchema<Uint8Array>({ kind: "bytes", options: {} });
