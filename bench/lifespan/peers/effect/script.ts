import { NodeRuntime } from "@effect/platform-node";
import { Effect, Layer } from "effect";
import { Database, Queue } from "./resources.ts";

const script = Effect.gen(function* () {
	const database = yield* Database;
	yield* Queue;
	database.use("script");
});

script.pipe(
	Effect.provide(Layer.mergeAll(Database.layer, Queue.layer)),
	NodeRuntime.runMain,
);
