import type { Answer } from "./answer.ts";
import type { AnswerTaker } from "./answer-taker.ts";
import { parseQueryString } from "./query-string.ts";
import { behindPrefix } from "./raw-path.ts";
import { originForm } from "./request-origin.ts";
import type { RequestSource } from "./request-source.ts";
import type { Response } from "./response.ts";

/** How an exchange ended. */
export interface ExchangeEnd {
	/**
	 * The reason why the answer was not sent whole (a `ClientGoneError`, an error of its body), or the error of a function before this one;
	 * `undefined` when all went well.
	 */
	readonly error: unknown;
	/** When the last of the answer had left, or had been given up, as `performance.now()` counts. */
	readonly sentAtMs: number;
}

const nothing: readonly string[] = Object.freeze([]);
const slash = 0x2f;

/** The error of a body that failed, also where it gave none (`controller.error()`): without one the exchange would end well. */
export function bodyError(thrown: unknown): unknown {
	return thrown ?? new Error("the body failed and did not say why");
}

/** Changes the answer that is about to leave. */
export type AnswerChange = (response: Response) => void | Promise<void>;

/** The port of an exchange to the app that answers it. */
export interface ExchangeApp {
	/** How long a body may take to end when nobody reads it any more, in milliseconds; 0 is no limit. */
	readonly exitTimeoutMs: number;
	/** Prefix that a proxy strips, without a final slash; empty for none. */
	readonly rootPath: string;
	readonly logger: {
		info(message: string): void;
		warn(message: string): void;
		error(message: string, error: unknown): void;
	};
	/** The path of the route that takes an exchange, as it was declared. */
	routePathOf?(exchange: Exchange): string | undefined;
	/**
	 * Runs what ends an exchange, which neither throws nor rejects; stopping the app waits for it.
	 *
	 * @returns a promise where it does
	 */
	track(end: () => Promise<void> | undefined): Promise<void> | undefined;
}

/**
 * One request from its first byte to the last thing that it held: one for a plain answer, a stream, a file, a mounted app, a fetch
 * target, a Node handler. It alone knows when the request is over. Each server has a class of its own.
 */
export abstract class Exchange {
	abstract readonly source: RequestSource;
	/** The app that answers; `AppPort.handle` sets it by {@link Exchange.begin}. */
	app: ExchangeApp | undefined;
	/** Takes an answer that comes later; where there is none, whoever asked waits for it. */
	taker: AnswerTaker<this, unknown> | undefined;
	/** The path as sent, without the prefix of a proxy that has left it on: what routes are matched with. Known from {@link Exchange.begin} on. */
	routePath = "";
	/** The decoded texts of the path parameters, in the order of the template. */
	pathTexts: readonly string[] = nothing;
	/** The names of {@link Exchange.pathTexts}. */
	pathNames: readonly string[] = nothing;
	/** True when its route has been found and answers. */
	isRouted = false;
	/** The `Request`, once somebody has asked for it. */
	opened: object | undefined;
	/** The whole body, once it is read and there was no `Request` that reads it. */
	received: Promise<Uint8Array> | undefined;
	/** The changes that {@link Exchange.beforeSend} has gathered and has not run yet. */
	changes: AnswerChange[] | undefined;
	/** The reason why the answer that a route had given could not leave: a file that is not there, a change that has thrown. */
	failure: unknown;
	/** The error that an exception handler has answered, or nothing has: why the client was refused. */
	refusal: unknown;
	/** The error that no exception handler has answered. */
	unhandled: unknown;
	/** True when it asks how the app is, and no part of the app sees it. */
	isProbe = false;
	/** True once the answer can't be changed any more. */
	isAnswered = false;
	/** True while the handler of a socket runs of which {@link Exchange.handlerIsOver} will tell; before that nobody need wait for its answer. */
	isHandled = false;
	/** The socket that it has become, as its handler sees it. */
	become: object | undefined;
	/** True when what runs at the end may look at the request then, which a runtime may have forgotten unless it is told to keep it. */
	isReadAtEnd = false;
	#queryPairs: readonly string[] | undefined;
	#ends: ((end: ExchangeEnd) => unknown)[] | undefined;
	#isSettled = false;

	/** It is an exchange as a `Request` has one. */
	get exchange(): this {
		return this;
	}

	/** An app takes it. */
	begin(app: ExchangeApp, taker?: AnswerTaker<this, unknown>): void {
		this.app = app;
		this.taker = taker;
		const { target } = this.source;
		const path = target.charCodeAt(0) === slash ? target : originForm(target);
		const question = path.indexOf("?");
		const rawPath = question === -1 ? path : path.slice(0, question);
		const { rootPath } = app;
		this.routePath =
			rootPath === "" ? rawPath : (behindPrefix(rawPath, rootPath) ?? rawPath);
	}

	/** Has a completed response taken by whoever serves the request; gives it back to one who waits for it. */
	give(response: Response): unknown {
		return this.taker === undefined
			? response
			: this.taker.take(this, response as Answer); // it is completed
	}

	/** {@link Exchange.give} for a response that comes by a promise of its own; `undefined` for a socket that is over. */
	giveLater(response: Promise<Response | undefined>): Promise<unknown> {
		const { taker } = this;
		return taker === undefined
			? response
			: response.then(
					(made) => taker.take(this, made as Answer | undefined), // as above
					(error: unknown) => taker.fail(this, error),
				);
	}

	/** The pairs of the query as a flat list: name, value, name, value. */
	get queryPairs(): readonly string[] {
		if (this.#queryPairs === undefined) {
			const { target } = this.source; // also one in absolute form
			const question = target.indexOf("?");
			this.#queryPairs =
				question === -1
					? nothing
					: parseQueryString(target.slice(question + 1));
		}
		return this.#queryPairs;
	}

	/** Reads the whole body for a route, before there is a `Request`, which finds it read. */
	bytes(limitBytes: number): Promise<Uint8Array> {
		this.received ??= this.source.readBody(limitBytes);
		return this.received;
	}

	/**
	 * Registers a function for the end: when the answer was sent, cut or failed. The last registered runs first, each is awaited; what
	 * one throws is logged and told to those after it. What is registered while they run, by a handler that nobody waits for any more,
	 * runs next.
	 *
	 * @throws TypeError when the request is over
	 */
	whenSettled(run: (end: ExchangeEnd) => unknown): void {
		this.isReadAtEnd = true;
		this.leaveWhenSettled(run);
	}

	/** {@link Exchange.whenSettled} for what does not look at the request then, unless by its `Request`. */
	leaveWhenSettled(run: (end: ExchangeEnd) => unknown): void {
		this.isReadAtEnd ||= this.opened !== undefined;
		if (this.isOver) {
			throw new TypeError(
				"request.whenSettled(): the request is over; register before its answer has been sent.",
			);
		}
		if (this.#ends === undefined) {
			this.#ends = [run];
		} else if (this.#ends.length === 1 && !this.#isSettled) {
			this.#ends = [this.#ends[0] as typeof run, run]; // pushed, it would have room for eighteen
		} else {
			this.#ends.push(run);
		}
	}

	/** True when something is to run at the end, so that it matters when that is. */
	get hasEnds(): boolean {
		return this.#ends !== undefined;
	}

	/**
	 * Registers a function that runs after all those of {@link Exchange.whenSettled}, also those that were registered before it: it ends
	 * what they may still use.
	 *
	 * @throws TypeError when the request is over
	 */
	whenAllSettled(run: (end: ExchangeEnd) => unknown): void {
		this.whenSettled(run);
		this.#ends?.unshift(...this.#ends.splice(-1));
	}

	/** The handler of the socket is over, and its answer follows. A server that has waited for this waits for that now. */
	handlerIsOver(): void {
		this.isHandled = false;
	}

	/** True from its end on, while what was registered for that runs, too: what nobody has read of the request is gone. */
	get hasEnded(): boolean {
		return this.#isSettled;
	}

	/** True when nothing is left that could run at the end. */
	get isOver(): boolean {
		return this.#isSettled && this.#ends === undefined;
	}

	/**
	 * Registers a change of the answer, whichever leaves. The last registered runs first.
	 *
	 * @throws TypeError when the answer is leaving
	 */
	beforeSend(change: AnswerChange): void {
		if (this.isAnswered) {
			throw new TypeError(
				"request.beforeSend(): the answer is leaving already; register before the handler has returned.",
			);
		}
		this.changes ??= [];
		this.changes.push(change);
	}

	/**
	 * Says that the request is over. Its server calls it, exactly once; a further call does nothing.
	 *
	 * @returns a promise, which never rejects, where something that runs then must be waited for
	 */
	settle(error?: unknown): Promise<void> | undefined {
		const ends = this.#ends;
		if (this.#isSettled || ends === undefined) {
			this.#isSettled = true;
			return undefined;
		}
		this.#isSettled = true;
		const end = { error: error ?? this.failure, sentAtMs: performance.now() };
		const run = () => this.#run(ends, end);
		return this.app === undefined ? run() : this.app.track(run);
	}

	/**
	 * Ends a body that nobody reads any more, and waits for it as long as the app says.
	 *
	 * @returns false when it has not ended: a generator waits for something else than `request.signal`
	 */
	async finishBody(body: {
		return?(): PromiseLike<unknown> | undefined;
	}): Promise<boolean> {
		const limitMs = this.app?.exitTimeoutMs ?? 0;
		const ending = body.return?.();
		if (limitMs === 0 || ending === undefined) {
			await ending;
			return true;
		}
		const { promise: late, resolve } = Promise.withResolvers<false>();
		const timer = setTimeout(() => resolve(false), limitMs);
		try {
			return await Promise.race([ending.then(() => true), late]);
		} finally {
			clearTimeout(timer);
		}
	}

	/** The log line for a body that has not ended. */
	get leftBehind(): string {
		return `${this.#place}: the body did not end when it was told to and was left behind; let it end when request.signal is aborted`;
	}

	/** The place that the log groups by: the route, `GET /items/{id}`; where there is none the address. */
	get #place(): string {
		const { method, target } = this.source;
		return `${method} ${this.app?.routePathOf?.(this) ?? target}`;
	}

	#run(
		ends: ((end: ExchangeEnd) => unknown)[],
		given: ExchangeEnd,
	): Promise<void> | undefined {
		let end = given;
		for (let run = ends.pop(); run !== undefined; run = ends.pop()) {
			try {
				const pending = run(end);
				if (pending !== undefined) {
					return this.#runAfter(pending, ends, end);
				}
			} catch (thrown) {
				end = this.#toldOf(thrown, end);
			}
		}
		this.#ends = undefined;
		return undefined;
	}

	#runAfter(
		pending: unknown,
		ends: ((end: ExchangeEnd) => unknown)[],
		end: ExchangeEnd,
	): Promise<void> {
		return Promise.resolve(pending).then(
			() => this.#run(ends, end),
			(thrown) => this.#run(ends, this.#toldOf(thrown, end)),
		);
	}

	/** The end for those that run after one that has thrown. */
	#toldOf(thrown: unknown, { error, sentAtMs }: ExchangeEnd): ExchangeEnd {
		try {
			this.app?.logger.error(
				`${this.#place}: an error after the response had been sent, in a background task or a dependency's clean-up`,
				thrown,
			);
		} catch (failure) {
			// uncaught, as elsewhere, but not here: the others still have to end
			queueMicrotask(() => {
				throw failure;
			});
		}
		return { error: error ?? thrown, sentAtMs };
	}
}
