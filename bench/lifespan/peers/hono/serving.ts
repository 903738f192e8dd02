import { setTimeout as wait } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { stream, streamSSE } from "hono/streaming";
import { chunkCount, chunkMs, port, Resource, slowMs } from "../resource.ts";

// Hono has no lifespan: what a module awaits is there before it serves
const database = await Resource.acquire("database");
const cache = await Resource.acquire("cache");
const queue = await Resource.acquire("queue");

const app = new Hono();

app.get("/", (c) => c.text(database.use("request")));

app.get("/slow", async (c) => {
	database.use("slow begin");
	await wait(slowMs);
	return c.text(database.use("slow end"));
});

app.get("/events", (c) =>
	streamSSE(c, async (events) => {
		for (let tick = 1; !events.aborted; tick += 1) {
			await events.writeSSE({ data: database.use(`chunk ${tick}`) });
			await events.sleep(chunkMs);
		}
	}),
);

app.get("/download", (c) =>
	stream(c, async (body) => {
		for (let tick = 1; tick <= chunkCount; tick += 1) {
			await body.write(`${database.use(`chunk ${tick}`)}\n`);
			await body.sleep(chunkMs);
		}
	}),
);

const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });

// "Node.js": graceful shutdown
process.on("SIGTERM", () => {
	server.close(async (error) => {
		if (error) {
			console.error(error);
			process.exit(1);
		}
		await queue.release();
		await cache.release();
		await database.release();
		process.exit(0);
	});
});
