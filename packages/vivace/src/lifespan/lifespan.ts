import { assertArgument } from "../errors/options.ts";
import type { Worker } from "../http/worker.ts";
import type { LifespanHandle } from "./resource.ts";

/**
 * The life of the app, as an app-scoped dependency sees it while it is being acquired: a signal to give up, a way to
 * report progress, and which worker it runs in. Named in its record of parameters.
 *
 * @example
 * ```ts
 * import { dependency, Lifespan } from "vivace";
 *
 * export const words = dependency({ lifespan: Lifespan }, async ({ lifespan }) => {
 * 	const pages = ["a", "b", "c"];
 * 	const words: string[] = [];
 * 	for (const [index, page] of pages.entries()) {
 * 		const answer = await fetch(`https://words.example/${page}`, { signal: lifespan.signal });
 * 		words.push(...(await answer.text()).split("\n"));
 * 		lifespan.progress(index + 1, pages.length, "pages");
 * 	}
 * 	return words;
 * }, { scope: "app" });
 * ```
 */
export class Lifespan implements LifespanHandle {
	/** Only app-scoped dependencies can ask for it. */
	static readonly scope = "app";

	readonly signal: AbortSignal;
	readonly worker: Worker;
	readonly #onProgress: LifespanHandle["progress"];
	readonly #onNote: (text: string) => void;

	/** Made by the lifespan itself, one for each try to acquire a resource. */
	constructor(
		signal: AbortSignal,
		worker: Worker,
		onProgress: LifespanHandle["progress"],
		onNote: (text: string) => void = () => undefined,
	) {
		this.signal = signal;
		this.worker = worker;
		this.#onProgress = onProgress;
		this.#onNote = onNote;
	}

	/** @internal Tells in a line what who starts the app should know. */
	note(text: string): void {
		this.#onNote(text);
	}

	/**
	 * Reports how far the acquisition has come: `done` of `total`, in whatever unit, with a few words about it. Shown as a bar on a
	 * terminal and as log lines elsewhere.
	 */
	progress(done: number, total: number, text?: string): void {
		assertArgument("lifespan.progress()", "done", done, "milliseconds");
		assertArgument("lifespan.progress()", "total", total, "milliseconds");
		if (text !== undefined) {
			assertArgument("lifespan.progress()", "text", text, "text");
		}
		this.#onProgress(done, total, text);
	}
}
