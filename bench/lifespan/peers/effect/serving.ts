import { createServer } from "node:http";
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node";
import { Effect, Layer, Stream } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import { chunkCount, chunkMs, port, slowMs } from "../resource.ts";
import { Cache, Database, Queue } from "./resources.ts";

const Routes = HttpRouter.use(
	Effect.fn(function* (router) {
		const database = yield* Database;
		yield* Cache;
		yield* Queue;
		const scope = yield* Effect.scope;

		yield* router.add(
			"GET",
			"/",
			Effect.sync(() => HttpServerResponse.text(database.use("request"))),
		);

		yield* router.add(
			"GET",
			"/slow",
			Effect.gen(function* () {
				database.use("slow begin");
				yield* Effect.sleep(slowMs);
				return HttpServerResponse.text(database.use("slow end"));
			}),
		);

		const ticks = Stream.range(1, Number.MAX_SAFE_INTEGER).pipe(
			Stream.rechunk(1),
			Stream.mapEffect((tick) =>
				Effect.as(
					Effect.sleep(chunkMs),
					`data: ${database.use(`chunk ${tick}`)}\n\n`,
				),
			),
		);

		yield* router.add(
			"GET",
			"/events",
			HttpServerResponse.stream(Stream.encodeText(ticks), {
				contentType: "text/event-stream",
			}),
		);

		yield* router.add(
			"GET",
			"/download",
			HttpServerResponse.stream(
				ticks.pipe(Stream.take(chunkCount), Stream.encodeText),
				{ contentType: "text/plain" },
			),
		);

		const task = Effect.gen(function* () {
			database.use("task begin");
			yield* Effect.sleep(slowMs);
			database.use("task end");
		});

		yield* router.add(
			"GET",
			"/task",
			task.pipe(
				Effect.forkIn(scope),
				Effect.as(HttpServerResponse.text("accepted")),
			),
		);
	}),
).pipe(Layer.provide([Database.layer, Cache.layer, Queue.layer]));

const Server = HttpRouter.serve(Routes, { disableLogger: true }).pipe(
	Layer.provide(
		NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" }),
	),
);

NodeRuntime.runMain(Layer.launch(Server));
