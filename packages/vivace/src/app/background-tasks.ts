import { assertArgument } from "../errors/options.ts";
import { closing, currentLedger, placeIfKept } from "../inject/ledger.ts";
import type { ProvideContext } from "../inject/provided.ts";

type Task = () => unknown;

/**
 * Work for after the response. The tasks of a handler or dependency run one after the other when the response has been sent, before
 * request scope ends. If the request fails they don't run.
 *
 * @see FastAPI, "Background Tasks"
 */
export class BackgroundTasks {
	readonly #tasks: Task[] = [];

	/** Makes the request's own: by this a record of parameters knows the class. */
	static "~provide"(context: ProvideContext): BackgroundTasks {
		const tasks = new BackgroundTasks();
		context.afterSent(() => tasks.run());
		return tasks;
	}

	/** Adds a call: the function and its arguments; it may be asynchronous. */
	add<Arguments extends readonly unknown[]>(
		task: (...values: Arguments) => unknown,
		...values: Arguments
	): void {
		assertArgument("BackgroundTasks.add()", "task", task, "function");
		const made = placeIfKept();
		this.#tasks.push(() => {
			const name = task.name || "(anonymous)";
			const close = currentLedger()?.open("background task", name, made);
			return closing(close, () => task(...values));
		});
	}

	/** Runs the tasks in the order in which they were added; if one fails, the rest don't run, as in FastAPI. */
	async run(): Promise<void> {
		for (const task of this.#tasks.splice(0)) {
			await task();
		}
	}
}
