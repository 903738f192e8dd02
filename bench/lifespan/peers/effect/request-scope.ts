import { createServer } from "node:http";
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node";
import { Context, Effect, Exit, Layer, Stream } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import { chunkMs, port, Session } from "../resource.ts";

class CurrentSession extends Context.Service<CurrentSession, Session>()(
	"CurrentSession",
) {}

// the session belongs to the scope that each request has; the transaction ends with its effect, as in Effect's own SQL client
const withSession = HttpRouter.middleware<{ provides: CurrentSession }>()(
	Effect.succeed((httpEffect) =>
		Effect.gen(function* () {
			const session = yield* Effect.acquireRelease(
				Effect.sync(() => new Session()),
				(session) => Effect.sync(() => session.close()),
			);
			const exit = yield* Effect.exit(
				Effect.provideService(httpEffect, CurrentSession, session),
			);
			yield* Effect.promise(() =>
				Exit.isSuccess(exit) ? session.commit() : session.rollback(),
			);
			return yield* exit;
		}),
	),
);

const Sessions = Layer.mergeAll(
	HttpRouter.add(
		"POST",
		"/write",
		Effect.gen(function* () {
			const session = yield* CurrentSession;
			session.use("write");
			return HttpServerResponse.jsonUnsafe({ written: true });
		}),
	),
	HttpRouter.add(
		"POST",
		"/conflict",
		Effect.gen(function* () {
			const session = yield* CurrentSession;
			session.use("write");
			return HttpServerResponse.jsonUnsafe(
				{ detail: "exists" },
				{ status: 409 },
			);
		}),
	),
	HttpRouter.add(
		"GET",
		"/export",
		Effect.gen(function* () {
			const session = yield* CurrentSession;
			const rows = Stream.range(1, 5).pipe(
				Stream.rechunk(1),
				Stream.mapEffect((row) => {
					session.use(`row ${row}`);
					return Effect.as(Effect.sleep(chunkMs), `${row}\n`);
				}),
				Stream.encodeText,
			);
			return HttpServerResponse.stream(rows, { contentType: "text/plain" });
		}),
	),
).pipe(Layer.provide(withSession.layer));

const Index = HttpRouter.add("GET", "/", HttpServerResponse.text("ready"));

const Server = HttpRouter.serve(Layer.mergeAll(Sessions, Index), {
	disableLogger: true,
}).pipe(
	Layer.provide(
		NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" }),
	),
);

NodeRuntime.runMain(Layer.launch(Server));
