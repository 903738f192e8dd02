import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { dependency, Lifespan } from "vivace";
import type { Line, OnProgress } from "./ocr/ocr-model.ts";
import { PictureError } from "./ocr/picture-error.ts";
import type { FromThread, ToThread } from "./reader-thread.ts";

/** The part of a {@link TextReader} that others need: a test can give them something else. */
export type ReadsText = Pick<TextReader, "read" | "assertAlive">;

/** The model: loaded before the first request, released after the last. */
export const textReader = dependency(
	{ lifespan: Lifespan },
	async function* textReader({ lifespan }): AsyncGenerator<ReadsText> {
		const startedAt = performance.now();
		console.info("model: loading");
		const reader = await TextReader.start(
			lifespan.signal,
			(done, total, text) => lifespan.progress(done, total, text),
		);
		console.info(`model: loaded in ${since(startedAt)}`);
		yield reader;
		await reader.release();
		console.info(`model: released after ${reader.readCount} pictures`);
	},
	{ scope: "app", check: (reader) => reader.assertAlive() },
);

/** So many pictures take some twenty seconds; who comes then had better come back later. */
const maxWaiting = 100;

/** Too many pictures are waiting. */
export class BusyError extends Error {
	override readonly name = "BusyError";
}

/** Reads pictures in a thread that holds the model, one after the other. */
export class TextReader {
	readonly #thread: Worker;
	/** Resolves when the thread is no more. */
	readonly #ended: Promise<void>;
	#failure: Error | undefined;
	#answer: PromiseWithResolvers<FromThread> | undefined;
	#lastTurn: Promise<void> = Promise.resolve();
	#acceptedCount = 0;
	#waitingCount = 0;
	#readCount = 0;

	private constructor(thread: Worker, onProgress: OnProgress) {
		this.#thread = thread;
		thread.on("message", (message: FromThread) => {
			if (message.kind === "progress") {
				onProgress(message.done, message.total, message.text);
			} else {
				this.#answer?.resolve(message);
			}
		});
		this.#ended = once(thread, "exit").then(
			() => this.#fail(new Error("the thread of the model has ended")),
			(error: Error) => this.#fail(error),
		);
	}

	/**
	 * Starts the thread and waits until it has loaded the model.
	 *
	 * @param signal gives up, once the model has been loaded: that takes less than a second
	 */
	static async start(
		signal: AbortSignal,
		onProgress: OnProgress,
	): Promise<TextReader> {
		const thread = new Worker(new URL("./reader-thread.ts", import.meta.url));
		const reader = new TextReader(thread, onProgress);
		await reader.#nextAnswer();
		// not earlier: to end a thread in which the runtime is loading ends the process ("terminate called after throwing")
		if (signal.aborted) {
			await reader.release();
		}
		signal.throwIfAborted();
		return reader;
	}

	/** How many pictures have been read. */
	get readCount(): number {
		return this.#readCount;
	}

	/**
	 * The lines of text in a PNG or JPEG picture.
	 *
	 * @param signal of the request: a picture that nobody waits for any more is not read
	 * @throws PictureError when it can't be decoded
	 * @throws BusyError when a hundred are waiting
	 */
	async read(
		picture: Uint8Array,
		signal: AbortSignal,
	): Promise<readonly Line[]> {
		if (this.#waitingCount >= maxWaiting) {
			throw new BusyError("Too many pictures are waiting; try again later");
		}
		const name = `picture ${++this.#acceptedCount}`;
		console.info(`${name}: accepted, ${this.#waitingCount} before it`);
		const turn = this.#lastTurn;
		const { promise, resolve: endTurn } = Promise.withResolvers<void>();
		this.#lastTurn = promise;
		this.#waitingCount++;
		try {
			await turn;
			signal.throwIfAborted();
			const startedAt = performance.now();
			const lines = await this.#readNow(picture);
			console.info(`${name}: ${lines.length} lines in ${since(startedAt)}`);
			return lines;
		} finally {
			this.#waitingCount--;
			endTurn();
		}
	}

	/** @throws Error when the thread has failed */
	assertAlive(): void {
		if (this.#failure !== undefined) {
			throw this.#failure;
		}
	}

	/** Releases the model and ends its thread. */
	async release(): Promise<void> {
		this.assertAlive();
		this.#tell({ kind: "release" });
		await this.#ended;
	}

	async #readNow(picture: Uint8Array): Promise<readonly Line[]> {
		this.assertAlive();
		this.#tell({ kind: "read", picture });
		const answer = await this.#nextAnswer();
		if (answer.kind === "refused") {
			throw new PictureError(answer.reason);
		}
		if (answer.kind !== "lines") {
			throw new Error(`unexpected ${answer.kind}`);
		}
		this.#readCount++;
		return answer.lines;
	}

	#nextAnswer(): Promise<FromThread> {
		this.#answer = Promise.withResolvers();
		return this.#answer.promise;
	}

	#tell(message: ToThread): void {
		this.#thread.postMessage(message);
	}

	#fail(error: Error): void {
		this.#failure = error;
		this.#answer?.reject(error);
	}
}

function since(startedAtMs: number): string {
	return `${Math.round(performance.now() - startedAtMs)} ms`;
}
