import { Context, Effect, Layer } from "effect";
import { Resource, startLimitMs } from "../resource.ts";

class Unreachable extends Error {
	readonly _tag = "Unreachable";
}

const acquired = (name: string) =>
	Effect.acquireRelease(
		Effect.tryPromise({
			try: (signal) => Resource.acquire(name, signal),
			catch: (cause) => new Unreachable(name, { cause }),
		}),
		(resource) => Effect.promise(() => resource.release()),
		// without it neither a signal nor a time limit ends the wait
		{ interruptible: true },
	).pipe(Effect.timeout(startLimitMs));

export class Database extends Context.Service<Database, Resource>()(
	"Database",
) {
	static readonly layer = Layer.effect(Database, acquired("database"));
}

export class Cache extends Context.Service<Cache, Resource>()("Cache") {
	static readonly layer = Layer.effect(Cache, acquired("cache"));
}

export class Queue extends Context.Service<Queue, Resource>()("Queue") {
	static readonly layer = Layer.effect(
		Queue,
		Effect.gen(function* () {
			yield* Database;
			return yield* acquired("queue");
		}),
	).pipe(Layer.provide(Database.layer));
}

export class Inner extends Context.Service<Inner, Resource>()("Inner") {
	static readonly layer = Layer.effect(Inner, acquired("inner"));
}
