import { createServer } from "node:http";
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node";
import { Effect, Layer } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import { port } from "../resource.ts";
import { Inner } from "./resources.ts";

const Admin = HttpRouter.use(
	Effect.fn(function* (router) {
		const inner = yield* Inner;
		yield* router.add(
			"GET",
			"/admin/",
			Effect.sync(() => HttpServerResponse.text(inner.use("request"))),
		);
	}),
).pipe(Layer.provide(Inner.layer));

const Index = HttpRouter.add("GET", "/", HttpServerResponse.text("ready"));

const Server = HttpRouter.serve(Layer.mergeAll(Index, Admin), {
	disableLogger: true,
}).pipe(
	Layer.provide(
		NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" }),
	),
);

NodeRuntime.runMain(Layer.launch(Server));
