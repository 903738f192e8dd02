import { setTimeout as wait } from "node:timers/promises";
import { node } from "@elysiajs/node";
import { Elysia, sse } from "elysia";
import { chunkCount, chunkMs, port, Resource, slowMs } from "../resource.ts";

// a decorator can't be asynchronous: it holds what onStart puts into it
const resources: { [name in "database" | "cache" | "queue"]?: Resource } = {};

async function* ticks(count: number) {
	for (let tick = 1; tick <= count; tick += 1) {
		yield sse(`${resources.database?.use(`chunk ${tick}`)}`);
		await wait(chunkMs);
	}
}

const app = new Elysia({ adapter: node() })
	.onStart(async () => {
		resources.database = await Resource.acquire("database");
		resources.cache = await Resource.acquire("cache");
		resources.queue = await Resource.acquire("queue");
	})
	.onStop(async () => {
		await resources.queue?.release();
		await resources.cache?.release();
		await resources.database?.release();
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
	.listen({ port, hostname: "127.0.0.1" });

process.on("SIGTERM", async () => {
	await app.stop();
	process.exit(0);
});
