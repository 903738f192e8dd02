import { RequestValidationError } from "../errors/validation-error.ts";
import type { Request } from "../http/request.ts";
import { jsonInvalidError } from "../schema/json-invalid.ts";

/**
 * Reads a body as FastAPI does: JSON where the content type says so, else its text, `undefined` where there is none.
 *
 * @param isStrict whether a body without a content type is not taken for JSON (FastAPI, "Strict Content-Type Checking")
 * @throws RequestValidationError `json_invalid`
 */
export async function readBody(
	request: Request,
	isStrict: boolean,
): Promise<unknown> {
	const text = await request.text();
	if (text === "") return undefined;
	if (!isJson(request.header("content-type"), isStrict)) return text;
	try {
		return JSON.parse(text);
	} catch {
		throw new RequestValidationError([jsonInvalidError(text)], text);
	}
}

function isJson(contentType: string | undefined, isStrict: boolean): boolean {
	if (contentType === "application/json") return true;
	if (contentType === undefined) return !isStrict;
	const essence = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
	return (
		essence === "application/json" ||
		(essence.startsWith("application/") && essence.endsWith("+json"))
	);
}
