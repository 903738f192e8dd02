import { ClientGoneError } from "../errors/client-gone.ts";
import { HTTPException } from "../errors/http-exception.ts";
import {
	type ErrorDetail,
	RequestValidationError,
} from "../errors/validation-error.ts";
import type { Answer } from "../http/answer.ts";
import { type AppPort, withAnswers } from "../http/app-port.ts";
import type { Exchange } from "../http/exchange.ts";

/** One request of a request log, told when it is over: a stream when it has ended. */
export interface RequestLogEntry {
	/** When it came. */
	readonly time: Date;
	/** `error` from status 500 on, and where an answer failed on its way; `warn` from 400 on; else `info`. */
	readonly level: "info" | "warn" | "error";
	readonly method: string;
	/** As it was asked for, without the query, which may hold secrets. */
	readonly path: string;
	/** The path of the route that took it, as it was declared: `/items/{item_id}`. */
	readonly route: string | undefined;
	/** Undefined when the client had gone before there was an answer. */
	readonly status: number | undefined;
	/** From its arrival until the last of the answer had left, in milliseconds. */
	readonly durationMs: number;
	/** The client's address, behind a trusted proxy the one that it tells. */
	readonly client: string | undefined;
	/** The request's `X-Request-ID`, where it has a plain one. */
	readonly requestId: string | undefined;
	/** Why it was refused or failed: the first problem of a 422, the detail of an `HTTPException`, the name of another error. */
	readonly reason: string | undefined;
}

/** Takes the entries of a request log. */
export type RequestLog = (entry: RequestLogEntry) => void;

/** The app with a log of its requests. Probes of its health that succeed are left out. */
export function withRequestLog(app: AppPort, log: RequestLog): AppPort {
	return withAnswers(app, (exchange) => {
		const entry = new OpenEntry(exchange);
		exchange.whenSettled(({ error, sentAtMs }) => {
			if (!entry.isHealthyProbe) {
				log(entry.end(error, sentAtMs));
			}
		});
		return (answer) => entry.answered(answer);
	});
}

class OpenEntry {
	readonly #exchange: Exchange;
	readonly #time = new Date();
	readonly #startMs = performance.now();
	#status: number | undefined;

	constructor(exchange: Exchange) {
		this.#exchange = exchange;
	}

	/** Notes the answer; without one the exchange has become a connection of another protocol. */
	answered<Given extends Answer | undefined>(answer: Given): Given {
		this.#status = answer === undefined ? 101 : answer.status;
		return answer;
	}

	get isHealthyProbe(): boolean {
		return this.#exchange.isProbe && this.#status === 200;
	}

	end(error: unknown, sentAtMs: number): RequestLogEntry {
		const { source, refusal, app, isAnswered } = this.#exchange;
		const { method, target } = source;
		const isGone = error instanceof ClientGoneError;
		// a socket is over before its answer, which is none, has come here
		const accepted = source.upgrade && isAnswered ? 101 : undefined;
		const status = source.sentStatus ?? this.#status ?? accepted;
		return {
			time: this.#time,
			level: levelOf(status, error !== undefined && !isGone),
			method,
			path: target.split("?", 1)[0] ?? target,
			route: app?.routePathOf?.(this.#exchange),
			status,
			durationMs: sentAtMs - this.#startMs,
			client: source.client?.host,
			requestId: plainId(source.header("x-request-id")),
			reason: isGone
				? "the client has gone"
				: reasonOf(refusal ?? error, source.header("content-type")),
		};
	}
}

function levelOf(
	status: number | undefined,
	hasFailed: boolean,
): RequestLogEntry["level"] {
	if (hasFailed || (status ?? 0) >= 500) {
		return "error";
	}
	return (status ?? 0) >= 400 ? "warn" : "info";
}

/** The client chooses it: what is no name could pretend to be a line of the log. */
function plainId(id: string | undefined): string | undefined {
	return id !== undefined && /^[\w.:/+=-]{1,128}$/.test(id) ? id : undefined;
}

function reasonOf(
	error: unknown,
	contentType: string | undefined,
): string | undefined {
	if (error instanceof RequestValidationError) {
		return problems(error.errors) + bodyNote(error.errors, contentType);
	}
	if (error instanceof HTTPException) {
		return typeof error.detail === "string" ? error.detail : undefined;
	}
	if (!(error instanceof Error)) {
		return undefined;
	}
	// most classes of programs leave `name` as it is
	return error.name === "Error" ? error.constructor.name : error.name;
}

/** Never with the value, which may be a password. */
function problems([first, ...others]: readonly ErrorDetail[]): string {
	const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
	return first === undefined
		? "refused"
		: `${first.loc.join(".")}: ${first.msg}${more}`;
}

/** The media type of a body of which nothing was found, for it may be another than the route reads. */
function bodyNote(
	[first]: readonly ErrorDetail[],
	contentType: string | undefined,
): string {
	const [mediaType = ""] = contentType?.toLowerCase().split(";") ?? [];
	const isBody = first?.loc[0] === "body" && first.loc.length <= 2;
	const isUnread =
		first?.type === "missing"
			? first.input === null
			: first?.type === "model_attributes_type" && !mediaType.includes("json");
	return isBody && isUnread
		? ` (the body came ${plainId(mediaType.trim()) === undefined ? "without a Content-Type" : `as ${mediaType.trim()}`})`
		: "";
}
