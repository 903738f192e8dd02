import { SetupError } from "../errors/setup-error.ts";
import type { Endpoint } from "../errors/validation-error.ts";
import type { Incoming } from "../http/incoming.ts";
import type { ResolvedLimits } from "../http/limits.ts";
import { type DecodeOptions, decodeJson, decodeText } from "../json/decode.ts";
import type { ParameterField } from "./parameter-field.ts";

/** How a route reads its body, decided when it is compiled. */
export type BodyKind = "json" | "text" | "bytes" | "form";

/** Makes of the bytes of a body what its parameters are read from; `undefined` where there is none. */
export type BodyReader = (incoming: Incoming, bytes: Uint8Array) => unknown;

/** The part of a route that {@link compileBodyReader} needs. */
export interface BodyContext {
	/** A body without a content type is not taken for JSON (FastAPI, "Strict Content-Type Checking"). */
	readonly strictContentType: boolean;
	readonly limits: ResolvedLimits;
	readonly endpoint?: Endpoint | undefined;
}

/**
 * The kind of a route's body by the media type that its parameters declare; JSON where they say nothing.
 *
 * @throws SetupError `VIV_PARAMETER` when several parameters are to be read from what has no members
 */
export function bodyKind(
	where: string,
	fields: readonly ParameterField[],
	isEmbedded: boolean,
): BodyKind {
	if (fields.some(isFormField)) {
		assertOneBody(where, fields);
		return "form";
	}
	const declared = fields.find(
		({ options }) => options.mediaType !== undefined,
	);
	const mediaType = declared?.options.mediaType;
	const kind = kindOf(mediaType);
	if (declared !== undefined && kind !== "json" && isEmbedded) {
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: the body "${declared.key}" is ${mediaType}, which has no members that several bodies or \`embed\` could be read from; ` +
				"declare one body without `embed`, or a JSON media type.",
		);
	}
	return kind;
}

/** Tells whether a parameter is read from a form. */
export function isFormField({ source }: ParameterField): boolean {
	return source === "form" || source === "file";
}

/** A body is JSON or a form. */
function assertOneBody(where: string, fields: readonly ParameterField[]): void {
	const form = fields.find(isFormField);
	const body = fields.find((field) => !isFormField(field));
	if (form !== undefined && body !== undefined) {
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: "${form.key}" is read from a form, so that "${body.key}" can't be read from a JSON body; declare it with Form().`,
		);
	}
}

function kindOf(mediaType: string | undefined): BodyKind {
	if (mediaType === undefined || isJsonType(mediaType)) {
		return "json";
	}
	return mediaType.trimStart().toLowerCase().startsWith("text/")
		? "text"
		: "bytes";
}

/**
 * The closure that reads a route's body.
 *
 * @throws (the closure) RequestValidationError `json_invalid`; HTTPException 400 for what is not UTF-8 or too deep
 */
export function compileBodyReader(
	kind: Exclude<BodyKind, "form">,
	fields: readonly ParameterField[],
	{ strictContentType, limits, endpoint }: BodyContext,
): BodyReader {
	const options: DecodeOptions = {
		depth: limits.jsonDepth,
		endpoint,
		bigints: fields.some(({ compiled }) => compiled.holdsBigInts),
	};
	switch (kind) {
		case "json":
			return (incoming, bytes) => {
				if (bytes.length === 0) {
					return undefined;
				}
				return isJsonRequest(incoming, strictContentType)
					? decodeJson(bytes, options)
					: lenientUtf8.decode(bytes); // it will be refused, and shown
			};
		case "text":
			return (_, bytes) => (bytes.length === 0 ? undefined : decodeText(bytes));
		case "bytes":
			return (_, bytes) => (bytes.length === 0 ? undefined : bytes);
	}
}

const lenientUtf8 = new TextDecoder();

/** Tells whether a request says that its body is JSON. */
export function isJsonRequest(incoming: Incoming, isStrict: boolean): boolean {
	const contentType = incoming.source.header("content-type");
	if (contentType === "application/json") {
		return true;
	}
	return contentType === undefined ? !isStrict : isJsonType(contentType);
}

function isJsonType(mediaType: string): boolean {
	const essence = mediaType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
	return (
		essence === "application/json" ||
		(essence.startsWith("application/") && essence.endsWith("+json"))
	);
}
