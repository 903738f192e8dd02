import { assertArgument, told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
/** The yield of a lifespan: a record, or nothing. */
export type AppState = Readonly<Record<string, unknown>>;

/** A function that runs around the life of an app: its own lifespan, or that of a router that it includes. */
export interface OwnedLifespan {
	/** How messages name it. */
	readonly name: string;
	/** By what it is one though it is reached twice. */
	readonly owner: object;
	readonly call: () =>
		| AsyncGenerator<unknown, void, void>
		| Promise<AsyncGenerator<unknown, void, void>>;
}

/** Registered by the deprecated `onEvent`. */
export type EventHandler = () => unknown;

export type AppEvent = "startup" | "shutdown";

/** The functions of the deprecated `onEvent`, which together are a lifespan. */
export class AppEvents {
	readonly #handlers: Readonly<Record<AppEvent, EventHandler[]>> = {
		startup: [],
		shutdown: [],
	};

	/** @throws SetupError `VIV_OPTION` when there is no such event */
	add(
		event: AppEvent,
		handler: EventHandler,
		{
			where,
			hasLifespan,
		}: { readonly where: string; readonly hasLifespan: boolean },
	): void {
		if (!Object.hasOwn(this.#handlers, event)) {
			throw new SetupError(
				"VIV_OPTION",
				`${where}: expected "startup" or "shutdown", got ${told(event)}.`,
			);
		}
		assertArgument(where, "handler", handler, "function");
		if (hasLifespan) {
			process.emitWarning(
				`${where}: a function for "${event}" is never called, for there is a lifespan beside it; move it there.`,
				{ type: "VivaceWarning", code: "VIV_LIFESPAN" },
			);
		}
		this.#handlers[event].push(handler);
	}

	/** None without a function. */
	lifespans(owner: object, name: string): OwnedLifespan[] {
		const { startup, shutdown } = this.#handlers;
		if (startup.length + shutdown.length === 0) {
			return [];
		}
		const call = () => runEvents(startup, shutdown);
		return [{ name, owner, call }];
	}
}

/** The deprecated form of a lifespan: all handlers in order, each awaited. */
async function* runEvents(
	startup: readonly EventHandler[],
	shutdown: readonly EventHandler[],
): AsyncGenerator<undefined, void, void> {
	for (const handler of startup) {
		await handler();
	}
	yield undefined;
	for (const handler of shutdown) {
		await handler();
	}
}
