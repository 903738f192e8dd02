import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { App, BackgroundTasks } from "../../src/index.ts";
import { LeakError, TestClient } from "../../src/testing.ts";

const logger = { error() {}, warn() {}, info() {} };

test("a client works while a test fakes timers, and the app sees the faked ones", async () => {
	const ran: string[] = [];
	const app = new App({ logger });
	app.get("/", { tasks: BackgroundTasks }, ({ tasks }) => {
		tasks.add(() => {
			ran.push("task");
		});
		setTimeout(() => ran.push("timer"), 60_000);
		return "hello";
	});
	app.get("/stream", async function* () {
		yield "a";
	});
	mock.timers.enable();
	try {
		const client = await TestClient.start(app, { leaks: "ignore" });
		assert.equal(await (await client.get("/")).json(), "hello");
		assert.equal((await client.head("/nowhere")).status, 404);
		assert.equal((await client.get("/stream")).status, 200);
		assert.deepEqual(ran, ["task"]);
		mock.timers.tick(60_000);
		assert.deepEqual(ran, ["task", "timer"]);
		await client.close();
	} finally {
		mock.timers.reset();
	}
});

test("a leak is found while the clock stands still", async () => {
	const app = new App({ logger });
	let timer: NodeJS.Timeout | undefined;
	app.get("/", () => {
		timer = setInterval(() => {}, 60_000);
	});
	const client = await TestClient.start(app);
	await client.get("/");
	mock.timers.enable();
	try {
		await assert.rejects(client.close(), LeakError);
	} finally {
		mock.timers.reset();
		clearInterval(timer);
	}
});
