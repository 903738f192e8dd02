import type { ResponseHeaders } from "../http/response-headers.ts";

/** Says that the answer depends on a header of the request, beside those that `Vary` names already (RFC 9110 §12.5.5). */
export function addVary(headers: ResponseHeaders, name: string): void {
	const varied = headers.get("vary");
	headers.set("vary", varied === null ? name : `${varied}, ${name}`);
}
