import type { Request } from "../http/request.ts";

/** The parts of an `Authorization` header. */
export interface Authorization {
	/** As sent: `Bearer`, `bearer`. */
	readonly scheme: string;
	/** The text behind the first blank, without blanks around it; may be empty. */
	readonly parameter: string;
}

/** The `Authorization` header of a request, taken apart at its first blank; `undefined` without one, or for an empty one. */
export function readAuthorization(request: Request): Authorization | undefined {
	const header = request.header("authorization");
	if (!header) {
		return undefined;
	}
	const blank = header.indexOf(" ");
	return blank === -1
		? { scheme: header, parameter: "" }
		: {
				scheme: header.slice(0, blank),
				parameter: header.slice(blank + 1).trim(),
			};
}

/** The token behind `Bearer`, in any case (RFC 6750 §2.1); an empty one too, `undefined` without that scheme. */
export function readBearer(request: Request): string | undefined {
	const header = request.header("authorization");
	if (header === undefined || !bearer.test(header)) {
		return undefined;
	}
	return header.slice("Bearer".length).trim();
}

const bearer = /^bearer(?: |$)/i;
