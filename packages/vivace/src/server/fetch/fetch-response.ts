import { statusCodes } from "../../errors/status-phrase.ts";
import type { Answer } from "../../http/answer.ts";
import { isBodyAllowed } from "../../http/answer-framing.ts";
import type { FetchHeaders } from "./fetch-platform.ts";

/**
 * The headers of an answer as a runtime takes them. A runtime counts a body that is at hand itself; one that is not sent (the answer to
 * a HEAD) or comes in pieces has the length that is given here.
 *
 * @param bodyLengthBytes length to announce; `undefined` leaves it to the runtime, and to what the app has set for a stream
 * @param isCounted true when the runtime counts the body
 * @param isLast true when the connection is to be closed
 */
export function fetchHeaders(
	{ status, headers }: Answer,
	{
		bodyLengthBytes,
		isCounted,
		isLast,
	}: {
		readonly bodyLengthBytes: number | undefined;
		readonly isCounted: boolean;
		readonly isLast: boolean;
	},
): FetchHeaders {
	const { lines } = headers;
	const hasOwnLength =
		!isCounted &&
		isBodyAllowed(status) &&
		(bodyLengthBytes === undefined || bodyLengthBytes === 0);
	const record: Record<string, string> = {};
	let pairs: [string, string][] | undefined;
	for (let index = 0; index < lines.length; index += 2) {
		const name = lines[index] as string; // below the length
		const value = lines[index + 1] as string;
		if (
			name === "content-length"
				? !hasOwnLength
				: name === "connection" && isLast
		) {
			continue;
		}
		if (pairs !== undefined) {
			pairs.push([name, value]);
		} else if (record[name] !== undefined) {
			pairs = [...Object.entries(record), [name, value]];
		} else {
			record[name] = value;
		}
	}
	const made: FetchHeaders = pairs ?? record;
	if (bodyLengthBytes !== undefined && !isCounted && isBodyAllowed(status)) {
		if (!(hasOwnLength && headers.has("content-length"))) {
			addHeader(made, "content-length", String(bodyLengthBytes));
		}
	}
	if (isLast) {
		addHeader(made, "connection", "close");
	}
	return made;
}

/** The headers of an answer whose body is at hand. */
export function headersAtHand(
	answer: Answer,
	isLast: boolean,
): FetchHeaders | Headers {
	const { lines } = answer.headers;
	return lines.length === 2 && lines[0] === "content-type" && !isLast
		? typeAlone(lines[1] as string)
		: fetchHeaders(answer, {
				bodyLengthBytes: undefined,
				isCounted: true,
				isLast,
			});
}

/** Most answers at hand have a media type and nothing else. A `Headers` is copied in less time than a record is read: 0.14 against 0.23 µs. */
const typesAlone = new Map<string, Headers>();
const mostTypes = 100;

function typeAlone(mediaType: string): Headers {
	let headers = typesAlone.get(mediaType);
	if (headers === undefined) {
		headers = new Headers([["content-type", mediaType]]);
		if (typesAlone.size < mostTypes) {
			typesAlone.set(mediaType, headers);
		}
	}
	return headers;
}

/** Adds a header that is not there yet. */
export function addHeader(
	headers: FetchHeaders,
	name: string,
	value: string,
): void {
	if (Array.isArray(headers)) {
		headers.push([name, value]);
	} else {
		headers[name] = value;
	}
}

/** True when headers have one of that name, in lower case. */
export function hasHeader(headers: FetchHeaders, name: string): boolean {
	return Array.isArray(headers)
		? headers.some(([each]) => each === name)
		: headers[name] !== undefined;
}

/** Answers what is no request that HTTP allows, with `{"detail": reason phrase}`, and closes the connection. */
export function refusal(status: number): globalThis.Response {
	return new globalThis.Response(
		JSON.stringify({ detail: statusCodes[status] }),
		{
			status,
			headers: { "content-type": "application/json", connection: "close" },
		},
	);
}

/** Answers 500 as FastAPI does. */
export function internalError(isLast: boolean): globalThis.Response {
	const headers = { "content-type": "text/plain; charset=utf-8" };
	return new globalThis.Response("Internal Server Error", {
		status: 500,
		headers: isLast ? { ...headers, connection: "close" } : headers,
	});
}
