import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { suite, test } from "node:test";
import { openDatabase } from "vivace/database";
import { TestClient } from "vivace/testing";
import { MariaDb } from "../../../packages/vivace/test/support/mariadb.ts";
import { until } from "../../../packages/vivace/test/support/until.ts";
import { createApp } from "../app.ts";
import type { ChatTables } from "../storage/tables.ts";
import { ChatProcess, variablesOf } from "./chat-process.ts";
import { engines } from "./engines.ts";

for (const { name, missing, start } of engines) {
	test(`a stop under load loses nothing on ${name}`, {
		skip: missing ?? false,
	}, async () => {
		await using place = await start();
		await using service = new ChatProcess(variablesOf(place.options));
		const url = await service.listens();
		const acknowledged: string[] = [];
		const refusals: string[] = [];
		let isOver = false;
		const client = async (user_id: number) => {
			for (let turn = 0; !isOver; turn++) {
				const content = `${user_id}/${turn}`;
				try {
					const status = await post(`${url}/store_content`, {
						user_id,
						role: "user",
						content,
					});
					assert.equal(status, 200);
					acknowledged.push(content);
				} catch (error) {
					// From here on nobody listens: it was not accepted.
					refusals.push(String((error as NodeJS.ErrnoException).code));
					isOver = true;
				}
				if (acknowledged.length === 200) {
					service.signal("SIGTERM");
				}
			}
		};
		await Promise.all(Array.from({ length: 16 }, (_, id) => client(id + 1)));
		assert.deepEqual(await service.ended, [0, null], service.output);
		assert.ok(acknowledged.length >= 200);
		for (const code of refusals) {
			assert.match(code, /^(ECONNREFUSED|ECONNRESET)$/);
		}

		await using database = await openDatabase<ChatTables>(place.options);
		const rows = await database.db
			.selectFrom("chat_history")
			.select("content")
			.execute();
		// Exactly: what was acknowledged is there, and what is there was acknowledged.
		assert.deepEqual(
			rows.map(({ content }) => content).toSorted(),
			acknowledged.toSorted(),
		);
	});
}

suite("the service and its MariaDB", { skip: MariaDb.missing ?? false }, () => {
	test("names the server that is not there, tries again, and ends with 1", async () => {
		await using service = new ChatProcess({
			MYSQL_DB_HOST: "127.0.0.1",
			MYSQL_DB_PORT: "1",
			MYSQL_DB_USER: "chat",
			MYSQL_DB_NAME: "chat",
			MYSQL_DB_ACQUIRE_TIMEOUT_MS: "50",
			DATABASE_START_TRIES: "2",
		});
		const [code] = await service.ended;
		assert.equal(code, 1);
		const tries = service.output.match(
			/no connection to 127\.0\.0\.1:1: connect/g,
		);
		assert.ok((tries?.length ?? 0) >= 2, service.output);
		assert.match(service.output, /it is tried again in/);
		assert.doesNotMatch(service.output, /listening/);
	});

	test("starts when the server comes up a little later", async () => {
		await using server = await MariaDb.start();
		await server.stop();
		await using service = new ChatProcess({
			...variablesOf({ mysql: server.account }),
			MYSQL_DB_ACQUIRE_TIMEOUT_MS: "50",
		});
		await service.says(/it is tried again in/);
		await server.resume();
		const url = await service.listens();
		const body = { user_id: 1, role: "user", content: "late" };
		assert.equal(await post(`${url}/store_content`, body), 200);
	});

	test("answers 503 with Retry-After while the server is away, and works again by itself", async () => {
		await using server = await MariaDb.start();
		const warnings: string[] = [];
		const errors: unknown[] = [];
		const app = createApp(
			{
				host: "127.0.0.1",
				port: 0,
				corsOrigins: ["*"],
				startTries: 1,
				livePollMs: 5_000,
				database: { mysql: { ...server.account, acquireTimeoutMs: 500 } },
			},
			{
				...console,
				warn: (line) => warnings.push(line),
				error: (...said) => errors.push(said),
			},
		);
		await using client = await TestClient.start(app);
		const store = (content: string) =>
			client.post("/store_content", {
				json: { user_id: 1, role: "user", content },
			});
		assert.equal((await store("before")).status, 200);

		await using socket = await client.websocket(
			"/conversations/a/events?user_id=1",
		);
		await socket.receiveJson();

		await server.stop();
		await socket.sendJson({ role: "user", content: "lost" });
		assert.equal((await socket.closed).code, 1013);
		for (const response of [
			await store("lost"),
			await client.post("/get_chat_history", { json: { user_id: 1 } }),
			await client.get("/conversations", { query: { user_id: 1 } }),
		]) {
			assert.equal(response.status, 503);
			assert.equal(response.headers.get("retry-after"), "1");
			assert.deepEqual(await response.json(), {
				detail: "The database is not available at the moment.",
			});
		}
		assert.equal((await client.get("/")).status, 200);
		assert.equal((await client.get("/livez")).status, 200);
		assert.equal((await client.get("/readyz")).status, 503);
		assert.match(warnings.join("\n"), /POST \/store_content: 503: /);
		assert.deepEqual(errors, []);

		await server.resume();
		assert.equal((await store("after")).status, 200);
		// checks are asked once a second
		await until(async () => (await client.get("/readyz")).status === 200);
		const response = await client.post("/get_chat_history", {
			json: { user_id: 1 },
		});
		const { data } = (await response.json()) as {
			data: { chat_history: { content: string }[] };
		};
		assert.deepEqual(
			data.chat_history.map(({ content }) => content),
			["before", "after"],
		);
	});
});

test("wrong settings end the process with 1 and the variable's name", async () => {
	await using service = new ChatProcess({ PORT: "many" });
	const [code] = await service.ended;
	assert.equal(code, 1);
	assert.match(service.output, /VIV_SETTINGS.*\n.*PORT/);
});

/** On a connection of its own, so that it is accepted and answered, or not accepted. */
const agent = new Agent({ keepAlive: false });

async function post(url: string, json: object): Promise<number> {
	const sent = request(url, {
		method: "POST",
		agent,
		headers: { "content-type": "application/json" },
	});
	sent.end(JSON.stringify(json));
	const [response] = await once(sent, "response");
	response.resume();
	await once(response, "end");
	return response.statusCode;
}
