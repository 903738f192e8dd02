import { assertArgument, type OptionCheck } from "./options.ts";
/** Where a value came from: the part of the request, then names and positions, for instance `["query", "tags", 0]`. */
export type Location = readonly (string | number)[];

/** One problem of a request, in the shape of FastAPI's 422 bodies. */
export interface ErrorDetail {
	/** Stable name of the problem, for instance `int_parsing` or `missing`. */
	readonly type: string;
	readonly loc: Location;
	/** A sentence for people. */
	readonly msg: string;
	/** The value as received; left out where the schema says that it is secret. */
	readonly input?: unknown;
	/** The bounds that the message speaks of, for instance `{ "min_length": 3 }`. */
	readonly ctx?: Readonly<Record<string, unknown>>;
}

/** The path operation that an error is about, for the log: no client is told. */
export interface Endpoint {
	/** Method and path template, through prefixes and mounts: `GET /items/{item_id}`. */
	readonly path: string;
	/** The handler's name; empty where it has none. */
	readonly function: string;
	/** Where it is declared, from the working directory; `undefined` where the runtime does not tell. */
	readonly file: string | undefined;
	readonly line: number | undefined;
}

/** How a line tells an endpoint: `GET /items (app.ts:12)`. */
export function toldEndpoint({ path, file, line }: Endpoint): string {
	return file === undefined ? path : `${path} (${file}:${line})`;
}

/** A request that does not fit its declaration: answered with 422 and every problem at once. */
export class RequestValidationError extends Error {
	override readonly name = "RequestValidationError";
	readonly errors: readonly ErrorDetail[];
	/** The body as it was received and parsed, `undefined` if there was none or it was not read. */
	readonly body: unknown;
	/** Whose request it was; `undefined` for one that a program has made, and for what `request.json()` throws. */
	readonly endpoint: Endpoint | undefined;

	constructor(
		errors: readonly ErrorDetail[],
		body?: unknown,
		endpoint?: Endpoint,
	) {
		super(describeErrors("request", errors, endpoint));
		this.errors = errors;
		this.body = body;
		this.endpoint = endpoint;
	}
}

/** A value returned by a path operation that its `response` schema refuses: 500 for the client, the whole report for the log. */
export class ResponseValidationError extends Error {
	override readonly name = "ResponseValidationError";
	readonly errors: readonly ErrorDetail[];
	/** The value that was returned. */
	readonly body: unknown;
	/** Whose answer it was. */
	readonly endpoint: Endpoint | undefined;

	/**
	 * @param where the path operation: `GET /items`
	 * @param what that does not fit. Default: the response
	 */
	constructor(
		errors: readonly ErrorDetail[],
		body: unknown,
		where = "",
		what = "response",
		endpoint?: Endpoint,
	) {
		super(
			describeErrors(`${what}${where && ` of ${where}`}`, errors, endpoint),
		);
		this.errors = errors;
		this.body = body;
		this.endpoint = endpoint;
	}
}

/** The message: what does not fit, problem by problem, and whose it is. */
export function describeErrors(
	what: string,
	errors: readonly ErrorDetail[],
	endpoint: Endpoint | undefined,
): string {
	assertArgument("validation error", "errors", errors, errorsCheck);
	const lines = errors.map(
		(error) => `  ${error.loc.join(" → ")}: ${error.msg} (${error.type})`,
	);
	const count = `${errors.length} validation ${errors.length === 1 ? "error" : "errors"}`;
	return `${count} in the ${what}\n${lines.join("\n")}${endpoint ? `\n${placeOf(endpoint)}` : ""}`;
}

function placeOf({ path, function: name, file, line }: Endpoint): string {
	const at = file === undefined ? "" : ` (${file}:${line})`;
	return `  in ${path}${name && `, ${name}`}${at}`;
}

const errorsCheck: OptionCheck = (value) =>
	Array.isArray(value) && value.every((each) => Array.isArray(each?.loc))
		? undefined
		: "a list of { type, loc, msg }";
