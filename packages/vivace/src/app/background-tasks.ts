import { assertArgument } from "../errors/options.ts";
import { closing, currentLedger, placeIfKept } from "../inject/ledger.ts";
import type { ProvideContext } from "../inject/provided.ts";

type Task = () => unknown;

/**
 * Work that a path operation or dependency leaves for after the response: run one after the other when the response has been
 * sent, before request scope ends. When the request fails they do not run.
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

	/** Runs the tasks in the order in which they were added; one that fails ends the row, as in FastAPI. */
	async run(): Promise<void> {
		for (const task of this.#tasks.splice(0)) {
			await task();
		}
	}
}
