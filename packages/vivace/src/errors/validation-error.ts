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

/** A request that does not fit its declaration: answered with 422 and every problem at once. */
export class RequestValidationError extends Error {
	override readonly name = "RequestValidationError";
	readonly errors: readonly ErrorDetail[];
	/** The body as it was received and parsed, `undefined` if there was none or it was not read. */
	readonly body: unknown;

	constructor(errors: readonly ErrorDetail[], body?: unknown) {
		super(describeErrors("request", errors));
		this.errors = errors;
		this.body = body;
	}
}

/** A value returned by a path operation that its `response` schema refuses: 500 for the client, the whole report for the log. */
export class ResponseValidationError extends Error {
	override readonly name = "ResponseValidationError";
	readonly errors: readonly ErrorDetail[];
	/** The value that was returned. */
	readonly body: unknown;

	/**
	 * @param where the path operation: `GET /items`
	 * @param what that does not fit. Default: the response
	 */
	constructor(
		errors: readonly ErrorDetail[],
		body: unknown,
		where = "",
		what = "response",
	) {
		super(describeErrors(`${what}${where && ` of ${where}`}`, errors));
		this.errors = errors;
		this.body = body;
	}
}

function describeErrors(what: string, errors: readonly ErrorDetail[]): string {
	const lines = errors.map(
		(error) => `  ${error.loc.join(" → ")}: ${error.msg} (${error.type})`,
	);
	const count = `${errors.length} validation ${errors.length === 1 ? "error" : "errors"}`;
	return `${count} in the ${what}\n${lines.join("\n")}`;
}
