import { setTimeout as wait } from "node:timers/promises";
import { node } from "@elysiajs/node";
import { Elysia, sse } from "elysia";
import { chunkCount, chunkMs, port, Resource, slowMs } from "../resource.ts";

// a decorator can't be asynchronous: it holds what onStart puts into it
const resources: { [name in "database" | "cache" | "queue"]?: Resource } = {};

/** On Node onStop is called again after it has awaited something. */
function take(name: keyof typeof resources) {
	const resource = resources[name];
	delete resources[name];
	return resource;
}

async function* ticks(count: number) {
	for (let tick = 1; tick <= count; tick += 1) {
		yield sse(`${resources.database?.use(`chunk ${tick}`)}`);
		await wait(chunkMs);
	}
}

new Elysia({ adapter: node() })
	.onStart(async () => {
		resources.database = await Resource.acquire("database");
		resources.queue = await Resource.acquire("queue");
	})
	.onStart(async () => {
		resources.cache = await Resource.acquire("cache");
	})
	.onStop(async () => {
		try {
			await take("queue")?.release();
		} finally {
			await take("database")?.release();
		}
	})
	.onStop(async () => {
		await take("cache")?.release();
	})
	.get("/", ({ status }) =>
		resources.database === undefined
			? status(503, "the database is not there")
			: resources.database.use("request"),
	)
	.get("/slow", async () => {
		resources.database?.use("slow begin");
		await wait(slowMs);
		return resources.database?.use("slow end");
	})
	.get("/events", () => ticks(Number.POSITIVE_INFINITY))
	.get("/download", () => ticks(chunkCount))
	.get("/task", () => "accepted", {
		async afterResponse() {
			resources.database?.use("task begin");
			await wait(slowMs);
			resources.database?.use("task end");
		},
	})
	.listen({ port, hostname: "127.0.0.1" }, (server) => {
		// app.stop(), which is documented, throws on Node: it does not know the adapter's server
		process.on("SIGTERM", () => server.stop());
	});
