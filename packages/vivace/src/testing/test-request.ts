import { isRecord, type OptionRules } from "../errors/options.ts";
import type { ClientAddress } from "../http/request-source.ts";
import { headersMistake } from "../http/response-headers.ts";
import { formBody, type TestFiles, type TestForm } from "./form-body.ts";

/** Headers of requests: a record, or pairs (a `Headers`, a list), in which a name may stand several times. */
export type TestHeaders =
	| Readonly<Record<string, string>>
	| Iterable<readonly [name: string, value: string]>;

/** A name and a password, sent as `Authorization: Basic …` in UTF-8. RFC 7617 */
export type BasicAuth = readonly [username: string, password: string];

/** Options of a request of a `TestClient`. At most one of `json`, `body`, and `form` with `files`. */
export interface TestRequest {
	/** Added to the query; a list gives repeated keys, `undefined` and null nothing. It replaces the client's of the same names. */
	readonly query?: Readonly<Record<string, unknown>>;
	/** Headers in the place of the client's of the same names. A name that stands several times is sent in as many lines. */
	readonly headers?: TestHeaders;
	/** Cookies of this request beside those of the jar. */
	readonly cookies?: Readonly<Record<string, string>>;
	/** In place of the client's; null sends none. A header `authorization` of the request goes before. */
	readonly auth?: BasicAuth | null;
	/** The address that the request comes from. Default: the client's. */
	readonly client?: ClientAddress;
	/** A body as JSON. */
	readonly json?: unknown;
	/**
	 * A body as a form: urlencoded from a record, in which a list gives a field for each of its values; multipart from a `FormData`, and
	 * beside `files`.
	 */
	readonly form?: TestForm;
	/**
	 * Files of a multipart form by the name of their field, beside the fields of `form`: a `File`, or a content that is named `upload`; a
	 * list gives several.
	 */
	readonly files?: TestFiles;
	/** A body as it is. */
	readonly body?: NonNullable<RequestInit["body"]>;
	/** Aborted, the client goes away: the app sees it, and the request rejects with the reason when its scope has been left. */
	readonly signal?: AbortSignal;
	/** True when redirects are followed. Default: the client's. */
	readonly followRedirects?: boolean;
}

export const requestRules: OptionRules<TestRequest> = {
	query: "record",
	headers: headersMistake,
	cookies: "record",
	auth: basicAuthMistake,
	client: clientMistake,
	json: (value) =>
		["function", "symbol", "bigint"].includes(typeof value) ||
		value instanceof Promise
			? "a value that JSON has"
			: undefined,
	form: (value) =>
		value instanceof FormData || isRecord(value)
			? undefined
			: "a record of fields, or a FormData",
	files: "record",
	body: bodyMistake,
	signal: "signal",
	followRedirects: "boolean",
};

/** The parts of every request of a client, unless it says otherwise. */
export interface RequestDefaults {
	readonly headers: Headers;
	readonly query: URLSearchParams;
	readonly auth: BasicAuth | undefined;
}

/** The address of a request: of the client's query what neither the address nor the request has. */
export function requestAddress(
	url: string,
	baseUrl: string,
	query: TestRequest["query"] = {},
	defaults: URLSearchParams,
): URL {
	const address = new URL(url, baseUrl);
	const own = searchParams(query);
	for (const [name, value] of defaults) {
		if (!address.searchParams.has(name) && !Object.hasOwn(query, name)) {
			own.append(name, value);
		}
	}
	for (const [name, value] of own) {
		address.searchParams.append(name, value);
	}
	return address;
}

/** A query of a record; a list gives repeated keys, `undefined` and null nothing. */
export function searchParams(
	query: TestRequest["query"] = {},
): URLSearchParams {
	const params = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		for (const each of Array.isArray(value) ? value : [value]) {
			if (each !== undefined && each !== null) {
				params.append(name, String(each));
			}
		}
	}
	return params;
}

/** The lines of the headers of a request, names in lower case, without cookies. */
export function headerLines(
	address: URL,
	options: TestRequest,
	defaults: RequestDefaults,
): [name: string, value: string][] {
	const own = headerPairs(options.headers);
	const names = new Set(own.map(([name]) => name));
	const lines = [...defaults.headers].filter(([name]) => !names.has(name));
	lines.push(...own);
	const auth = authOf(address, options, defaults);
	if (auth !== undefined && !names.has("authorization")) {
		const rest = lines.filter(([name]) => name !== "authorization");
		lines.splice(0, lines.length, ...rest, ["authorization", basic(auth)]);
	}
	if (
		options.json !== undefined &&
		lines.every(([name]) => name !== "content-type")
	) {
		lines.push(["content-type", "application/json"]);
	}
	return lines;
}

/** Name and password of the request, else of the client, else of the address (`http://ada:secret@host/`). */
function authOf(
	{ username, password }: URL,
	{ auth }: TestRequest,
	defaults: RequestDefaults,
): BasicAuth | undefined {
	if (auth === null) {
		return undefined;
	}
	const given = auth ?? defaults.auth;
	if (given !== undefined || (username === "" && password === "")) {
		return given;
	}
	return [decodeURIComponent(username), decodeURIComponent(password)];
}

function basic([username, password]: BasicAuth): string {
	return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Names in lower case. */
export function headerPairs(
	headers: TestHeaders = {},
): [name: string, value: string][] {
	const pairs =
		Symbol.iterator in headers
			? (headers as Iterable<readonly [string, string]>) // a record has no symbols
			: Object.entries(headers);
	return Array.from(pairs, ([name, value]) => [name.toLowerCase(), value]);
}

/** A body as the runtime's `Request` takes it. */
export function requestBody({
	json,
	form,
	files,
	body,
}: TestRequest): Pick<RequestInit, "body" | "duplex"> {
	if (json !== undefined) {
		return { body: JSON.stringify(json) };
	}
	if (form !== undefined || files !== undefined) {
		return { body: formBody(form, files) };
	}
	if (body === undefined) {
		return {};
	}
	return body instanceof ReadableStream ? { body, duplex: "half" } : { body };
}

export function basicAuthMistake(value: unknown): string | undefined {
	const [username, ...rest] = Array.isArray(value) ? value : [];
	const isRight =
		value === null ||
		(typeof username === "string" &&
			!username.includes(":") && // RFC 7617 §2
			rest.length === 1 &&
			typeof rest[0] === "string");
	return isRight
		? undefined
		: 'a name without a colon and a password: ["ada", "secret"]';
}

export function clientMistake(value: unknown): string | undefined {
	const { host, port } = Object(value) as Partial<ClientAddress>;
	const isRight =
		typeof host === "string" &&
		Number.isInteger(port) &&
		Number(port) >= 0 &&
		Number(port) <= 65_535;
	return isRight
		? undefined
		: 'an address: { host: "203.0.113.7", port: 50000 }';
}

/** Refuses a value that the runtime's `Request` would send as `[object Object]`. */
function bodyMistake(value: unknown): string | undefined {
	const isRight =
		typeof value === "string" ||
		value instanceof ArrayBuffer ||
		ArrayBuffer.isView(value) ||
		value instanceof Blob ||
		value instanceof FormData ||
		value instanceof URLSearchParams ||
		value instanceof ReadableStream ||
		(typeof value === "object" &&
			value !== null &&
			Symbol.asyncIterator in value);
	return isRight
		? undefined
		: "a text, bytes, a Blob or a stream (a value goes as json, fields go as form)";
}
