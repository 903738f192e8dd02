import { App, dependency } from "vivace";
import { Resource } from "../resource.ts";

const database = dependency(
	async function* () {
		const database = await Resource.acquire("database");
		yield database;
		await database.release();
	},
	{ scope: "app" },
);

const queue = dependency(
	{ database },
	async function* () {
		const queue = await Resource.acquire("queue");
		yield queue;
		await queue.release();
	},
	{ scope: "app" },
);

const app = new App({ resources: [queue] });

await app.scope({ database }, ({ database }) => {
	database.use("script");
});
