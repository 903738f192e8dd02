/** What a lifespan yields: a record, or nothing. */
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

/** Registered by the deprecated `app.onEvent`. */
export type EventHandler = () => unknown;

/** The deprecated form of a lifespan: all handlers in order, each awaited. */
export async function* runEvents(
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
