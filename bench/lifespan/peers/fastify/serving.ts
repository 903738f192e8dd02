import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import Fastify from "fastify";
import fp from "fastify-plugin";
import {
	chunkCount,
	chunkMs,
	port,
	Resource,
	slowMs,
	startLimitMs,
} from "../resource.ts";

declare module "fastify" {
	interface FastifyInstance {
		database: Resource;
		cache: Resource;
		queue: Resource;
	}
}

function resourcePlugin(
	name: "database" | "cache" | "queue",
	dependencies: string[] = [],
) {
	return fp(
		async (app) => {
			const resource = await Resource.acquire(name);
			app.decorate(name, resource);
			app.addHook("onClose", () => resource.release());
		},
		{ name, dependencies },
	);
}

const app = Fastify({ pluginTimeout: startLimitMs });
// "Fastify lifecycle": signals are left to a package of its makers
closeWithGrace({ logger: false }, async () => {
	await app.close();
});

app.register(resourcePlugin("database"));
app.register(resourcePlugin("cache"));
app.register(resourcePlugin("queue", ["database"]));

app.get("/", () => app.database.use("request"));

app.get("/slow", async () => {
	app.database.use("slow begin");
	await wait(slowMs);
	return app.database.use("slow end");
});

async function* ticks(count: number) {
	for (let tick = 1; tick <= count; tick += 1) {
		yield `data: ${app.database.use(`chunk ${tick}`)}\n\n`;
		await wait(chunkMs);
	}
}

app.get("/events", (_request, reply) =>
	reply
		.type("text/event-stream")
		.send(Readable.from(ticks(Number.POSITIVE_INFINITY))),
);

app.get("/download", (_request, reply) =>
	reply.type("text/plain").send(Readable.from(ticks(chunkCount))),
);

await app.listen({ port, host: "127.0.0.1" });
