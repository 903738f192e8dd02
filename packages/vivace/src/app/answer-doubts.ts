import { told } from "../errors/options.ts";
import { isBodyAllowed } from "../http/answer-framing.ts";
import type { Response } from "../http/response.ts";
import { ServerSentEvent } from "../http/server-sent-event.ts";
import { lossIn } from "../json/losses.ts";
import type { PathOperation } from "./path-operation.ts";

/** The members of a `Response` and of its headers, and what others are called elsewhere. */
const responseNames: ReadonlySet<string> = new Set([
	"status",
	"headers",
	"body",
	"endsOnShutdown",
	"background",
]);

/**
 * Tells of answers that are hardly what their handler means, once for each path operation and kind; the answer stays as it is. Not where
 * `NODE_ENV` is `production`.
 */
export class AnswerDoubts {
	readonly #operation: PathOperation;
	readonly #status: number;
	readonly #warn: (line: string) => void;
	readonly #told = new Set<string>();
	/** True where nobody is told of anything. */
	readonly #isQuiet: boolean;

	constructor(
		operation: PathOperation,
		status: number,
		warn: (line: string) => void,
	) {
		this.#operation = operation;
		this.#status = status;
		this.#warn = warn;
		this.#isQuiet = globalThis.process?.env.NODE_ENV === "production";
	}

	/** The doubts about a value that becomes JSON; `undefined` outside of development, where nobody looks through all of it. */
	get ofValue(): ((value: unknown) => void) | undefined {
		return globalThis.process?.env.NODE_ENV === "development"
			? (value) => this.#ofValue(value)
			: undefined;
	}

	/** The doubts about a response of the runtime, in development: what is no text becomes one in it. */
	get ofWeb(): ((web: globalThis.Response) => void) | undefined {
		return globalThis.process?.env.NODE_ENV === "development"
			? (web) => void this.#ofWeb(web)
			: undefined;
	}

	async #ofWeb(web: globalThis.Response): Promise<void> {
		const isText = web.headers.get("content-type")?.startsWith("text/plain");
		if (isText && (await web.clone().text()) === "[object Object]") {
			this.#tell(
				"web",
				'the handler returned new Response(object), which is sent as "[object Object]"; return the object, or Response.json(object)',
			);
		}
	}

	/** The doubts about an item that becomes a server-sent event, in development. */
	get ofEvent(): ((item: unknown) => void) | undefined {
		return globalThis.process?.env.NODE_ENV === "development"
			? (item) => this.#ofEvent(item)
			: undefined;
	}

	#ofEvent(item: unknown): void {
		if (item instanceof ServerSentEvent) {
			return;
		}
		if (typeof item === "string" && /^(?:data|event|id): ?/.test(item)) {
			this.#tell(
				"event",
				"a text that is written as an event already is sent as the data of one; yield the data alone, or new ServerSentEvent({ event, data })",
			);
		} else if (isEventRecord(item)) {
			this.#tell(
				"event",
				"a record of an event's fields is sent as the data of one; yield new ServerSentEvent({ event, data })",
			);
		}
	}

	/** A generator of a handler has returned a value, of which nothing is sent. */
	ofReturned(value: unknown): void {
		this.#tell(
			"returned",
			`the handler is a generator that returned ${told(value)}, which is not sent; yield it, or write a function without "*"`,
		);
	}

	#ofValue(value: unknown): void {
		const loss = this.#told.has("loss") ? undefined : lossIn(value);
		if (loss !== undefined) {
			this.#tell("loss", loss);
		}
	}

	/**
	 * A handler returned nothing. In JSON that is null, as in FastAPI.
	 * @param parameter the `Response` of its record
	 */
	ofNothing(parameter: Response | undefined): void {
		const { options, responseClass } = this.#operation;
		const status = parameter?.status ?? this.#status;
		if (
			options.response === undefined &&
			responseClass === undefined &&
			isBodyAllowed(status) &&
			status < 300
		) {
			this.#tell(
				"nothing",
				'the handler returned nothing, so that the answer is null; write "return", give the route status 204, or return null if that is meant',
			);
		}
	}

	/** A handler returned a response of its own, and what was set on that of its record is lost, as in FastAPI. */
	ofOwn(parameter: Response | undefined, own: object): void {
		if (parameter === undefined || parameter === own || this.#isQuiet) {
			return;
		}
		const lost = [
			...new Set(Array.from(parameter.headers, ([name]) => name)),
			...(parameter.status === this.#status ? [] : ["the status"]),
			...(parameter.background === undefined ? [] : ["background"]),
		];
		if (lost.length > 0) {
			this.#tell(
				"own",
				`the handler returned a response of its own, so that what was set on the Response of a record is lost (${lost.join(", ")}); set it on the one that is returned`,
			);
		}
		this.ofParameter(parameter);
	}

	/** A function has set on the `Response` of its record what that does not have, and no answer therefore. */
	ofParameter(parameter: Response): void {
		if (this.#isQuiet) {
			return;
		}
		for (const name of Object.keys(parameter)) {
			if (!responseNames.has(name)) {
				this.#tell(name, `response.${name} was set, which is ${remedy(name)}`);
			}
		}
		for (const name of Object.keys(parameter.headers)) {
			if (name !== "lines") {
				this.#tell(
					`headers ${name}`,
					`response.headers[${JSON.stringify(name)}] was set, which is no header; write response.headers.set(${JSON.stringify(name)}, …)`,
				);
			}
		}
		this.#noteLate(parameter);
	}

	/** The answer is made: a header that is set from now on comes too late. */
	#noteLate({ headers }: Response): void {
		let { lines } = headers;
		Object.defineProperty(headers, "lines", {
			configurable: true,
			enumerable: true,
			get: () => lines,
			set: (changed: string[]) => {
				lines = changed;
				this.#tell(
					"late",
					`a header was set on the Response of a record after the answer was made, and is not sent (${changed.at(-2)}); set it before the handler has returned`,
				);
			},
		});
	}

	#tell(kind: string, what: string): void {
		if (this.#isQuiet || this.#told.has(kind)) {
			return;
		}
		this.#told.add(kind);
		this.#warn(`${this.#operation.endpoint.told}: ${what}`);
	}
}

/** True for fields of an event and nothing else, its name or id among them. */
function isEventRecord(item: unknown): boolean {
	if (typeof item !== "object" || item === null) {
		return false;
	}
	const names = Object.keys(item);
	return (
		"data" in item &&
		names.some((name) => name === "event" || name === "id") &&
		names.every((name) => eventNames.has(name))
	);
}

const eventNames: ReadonlySet<string> = new Set([
	"comment",
	"data",
	"event",
	"id",
	"retry",
]);

function remedy(name: string): string {
	return /^status_?code$/i.test(name)
		? "no status; write response.status"
		: "no part of an answer";
}
