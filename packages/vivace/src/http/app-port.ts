import type { OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Answer } from "./answer.ts";
import type { AnswerTaker } from "./answer-taker.ts";
import type { Exchange } from "./exchange.ts";
import type { Worker } from "./worker.ts";

/** How an app's resources went away. */
export interface StopReport {
	/** The failures while releasing, in the order in which they happened; empty when all went well. */
	readonly errors: readonly unknown[];
}

/** Options of a server for an app that it starts. */
export interface StartOptions {
	/** Aborted when the start is to be given up. */
	readonly signal?: AbortSignal;
	/** Prefix that a proxy in front of the server strips, without a final slash; the app's own `rootPath` counts first. Default: none. */
	readonly rootPath?: string;
	/** Which of several processes this one is. Default: the only one. */
	readonly worker?: Worker;
	/** True when the log says that all resources are ready. Default: true. */
	readonly summary?: boolean;
}

/** How a server wants an app to be stopped. */
export interface StopOptions {
	/** All that is left to do must be done within as many milliseconds. Default: each resource's own limit. */
	readonly limitMs?: number;
	/** Told the name of each resource just before it is released. */
	readonly onRelease?: (name: string) => void;
}

/** Rules of {@link StartOptions}. */
export const startRules: OptionRules<StartOptions> = {
	signal: "signal",
	rootPath: "text",
	worker: "record",
	summary: "boolean",
};

/** Rules of {@link StopOptions}. */
export const stopRules: OptionRules<StopOptions> = {
	limitMs: "milliseconds",
	onRelease: "function",
};

/** @throws SetupError `VIV_OPTION` for what is no app */
export function assertApp(where: string, app: AppPort): void {
	if (typeof app?.start !== "function" || typeof app.handle !== "function") {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: expected an App as first argument, got ${app === null ? "null" : typeof app}.`,
		);
	}
}

/** The port of a server to its app. `App` implements it; a server knows nothing else of it. */
export interface AppPort {
	/** Path of the documentation page; the line that says where the server listens names it. */
	readonly documentationPath?: string | undefined;
	/** True when only a server on `node:http` can serve it: a handler of that is mounted. Default: false. */
	readonly hasNodeHandlers?: boolean;
	/** True when it has sockets, so that handshakes are looked for. Default: false. */
	readonly hasSockets?: boolean;
	/** Acquires every resource; rejects with the first cause after what had been acquired was released. */
	start(options?: StartOptions): Promise<void>;
	/**
	 * Answers a request. Never throws and never rejects: what goes wrong is an answer. The server calls `exchange.settle(error?)`
	 * exactly once, when the body has been sent, was cancelled or failed; where the answer is `undefined`, the connection was upgraded
	 * and the app settles.
	 *
	 * @param taker gets an answer that comes later, within the promise that makes it, which then has what `take` has given: waiting for a promise
	 * costs more than sending its answer. Default: the promise has the answer
	 */
	handle<Served extends Exchange, Taken = Answer | undefined>(
		exchange: Served,
		taker?: AnswerTaker<Served, Taken | Promise<Taken>>,
	): Answer | undefined | Promise<Taken>;
	/** Tells the app that it is about to stop: readiness turns false. */
	beginShutdown(): void;
	/** Resolves to true when no request scope and no background task is left, to false after `timeoutMs`. */
	drain(timeoutMs: number): Promise<boolean>;
	/**
	 * Releases every resource in reverse order. Never rejects. A later call gives the same promise and may shorten the time once more.
	 */
	stop(options?: StopOptions): Promise<StopReport>;
}

/**
 * The same app with something around its answers, which has every member: one that is forgotten would be silently at its default.
 *
 * @param around called for each request, before the app; gives what sees its answer and gives the one that leaves
 */
export function withAnswers(
	app: AppPort,
	around: (
		exchange: Exchange,
	) => (answer: Answer | undefined) => Answer | undefined,
): Required<AppPort> {
	return {
		get documentationPath() {
			return app.documentationPath;
		},
		get hasNodeHandlers() {
			return app.hasNodeHandlers ?? false;
		},
		get hasSockets() {
			return app.hasSockets ?? false;
		},
		handle<Served extends Exchange, Taken>(
			exchange: Served,
			taker?: AnswerTaker<Served, Taken | Promise<Taken>>,
		) {
			const seen = around(exchange);
			const answer = app.handle(exchange, {
				take: (_, given) =>
					taker === undefined
						? (seen(given) as Taken) // without a taker it is the answer
						: taker.take(exchange, seen(given)),
				fail(_, error) {
					if (taker === undefined) {
						throw error;
					}
					return taker.fail(exchange, error);
				},
			});
			return answer instanceof Promise ? answer : seen(answer);
		},
		start: (options) => app.start(options),
		beginShutdown: () => app.beginShutdown(),
		drain: (timeoutMs) => app.drain(timeoutMs),
		stop: (options) => app.stop(options),
	};
}
