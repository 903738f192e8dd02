import { RequestValidationError } from "../errors/validation-error.ts";
import { jsonInvalidError } from "../json/json-invalid.ts";

const utf8 = new TextDecoder();

/**
 * What a body holds, as FastAPI reads it: JSON where the content type says so, else its text, `undefined` where there is none.
 *
 * @param isStrict whether a body without a content type is not taken for JSON (FastAPI, "Strict Content-Type Checking")
 * @throws RequestValidationError `json_invalid`
 */
export function parseBody(
	bytes: Uint8Array,
	contentType: string | undefined,
	isStrict: boolean,
): unknown {
	if (bytes.length === 0) {
		return undefined;
	}
	const text = utf8.decode(bytes);
	if (!isJson(contentType, isStrict)) {
		return text;
	}
	try {
		return JSON.parse(text);
	} catch {
		throw new RequestValidationError([jsonInvalidError(text)], text);
	}
}

function isJson(contentType: string | undefined, isStrict: boolean): boolean {
	if (contentType === "application/json") {
		return true;
	}
	if (contentType === undefined) {
		return !isStrict;
	}
	const essence = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
	return (
		essence === "application/json" ||
		(essence.startsWith("application/") && essence.endsWith("+json"))
	);
}
