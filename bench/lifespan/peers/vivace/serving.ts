import { setTimeout as wait } from "node:timers/promises";
import {
	App,
	BackgroundTasks,
	dependency,
	EventSourceResponse,
	Lifespan,
	StreamingResponse,
	serve,
} from "vivace";
import {
	chunkCount,
	chunkMs,
	port,
	Resource,
	slowMs,
	startLimitMs,
} from "../resource.ts";

const database = dependency(
	{ lifespan: Lifespan },
	async function* ({ lifespan }) {
		const database = await Resource.acquire("database", lifespan.signal);
		yield database;
		await database.release();
	},
	{ scope: "app", name: "database", startupTimeoutMs: startLimitMs },
);

const cache = dependency(
	{ lifespan: Lifespan },
	async function* ({ lifespan }) {
		const cache = await Resource.acquire("cache", lifespan.signal);
		yield cache;
		await cache.release();
	},
	{ scope: "app", name: "cache", startupTimeoutMs: startLimitMs },
);

const queue = dependency(
	{ database, lifespan: Lifespan },
	async function* ({ lifespan }) {
		const queue = await Resource.acquire("queue", lifespan.signal);
		yield queue;
		await queue.release();
	},
	{ scope: "app", name: "queue", startupTimeoutMs: startLimitMs },
);

const app = new App({ resources: [cache, queue] });

app.get("/", { database }, ({ database }) => database.use("request"));

app.get("/slow", { database }, async ({ database }) => {
	database.use("slow begin");
	await wait(slowMs);
	return database.use("slow end");
});

async function* ticks(database: Resource, count: number) {
	for (let tick = 1; tick <= count; tick += 1) {
		yield `${database.use(`chunk ${tick}`)}\n`;
		await wait(chunkMs);
	}
}

app.get(
	"/events",
	{ database },
	({ database }) =>
		new EventSourceResponse(ticks(database, Number.POSITIVE_INFINITY)),
);

app.get(
	"/download",
	{ database },
	({ database }) => new StreamingResponse(ticks(database, chunkCount)),
);

app.get(
	"/task",
	{ database, tasks: BackgroundTasks },
	({ database, tasks }) => {
		tasks.add(async () => {
			database.use("task begin");
			await wait(slowMs);
			database.use("task end");
		});
		return "accepted";
	},
);

await serve(app, { port });
