import assert from "node:assert/strict";
import { test } from "node:test";
import { RedisServer } from "../../../packages/vivace/test/support/redis.ts";
import { TcpProxy } from "../../../packages/vivace/test/support/tcp-proxy.ts";
import { until } from "../../../packages/vivace/test/support/until.ts";
import { ChatProcess, variablesOf } from "./chat-process.ts";
import { type FollowingClient, SocketClient, StreamClient } from "./clients.ts";
import { engines } from "./engines.ts";

for (const { name, missing, start } of engines) {
	test(`who is killed between storing and telling has told all the same, on ${name}`, {
		skip: missing ?? RedisServer.missing ?? false,
		timeout: 120_000,
	}, async () => {
		await using place = await start();
		await using redis = await RedisServer.start();
		await using proxy = await TcpProxy.start(redis.port);
		const variables = { ...variablesOf(place.options), LIVE_POLL_MS: "100" };
		await using healthy = new ChatProcess({
			...variables,
			REDIS_URL: redis.url,
		});
		const url = await healthy.listens();
		const doomed = new ChatProcess({
			...variables,
			REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
		});
		await using _ = doomed;
		const doomedUrl = await doomed.listens();

		await using stream = new StreamClient(url);
		await using socket = new SocketClient(url);
		await using moving = new StreamClient(doomedUrl);
		const readers = [stream, socket, moving];
		await Promise.all(readers.map(({ isReady }) => isReady));
		await store(doomedUrl, "told");
		await heardByAll(readers, ["told"]);

		proxy.stall(); // whatever it tells from now on arrives nowhere
		await store(doomedUrl, "stored, and told to nobody");
		doomed.signal("SIGKILL");
		await doomed.ended;
		moving.goOnAt(url);
		const contents = ["told", "stored, and told to nobody"];
		await heardByAll(readers, contents);
		await store(url, "told by another");
		await heardByAll(readers, [...contents, "told by another"]);
	});
}

async function heardByAll(
	readers: readonly FollowingClient[],
	contents: readonly string[],
): Promise<void> {
	for (const reader of readers) {
		await until(() => reader.contents.length >= contents.length);
		assert.deepEqual(reader.contents, contents);
	}
}

async function store(url: string, content: string): Promise<void> {
	const response = await fetch(`${url}/store_content`, {
		method: "POST",
		body: JSON.stringify({
			user_id: 1,
			session_id: "a",
			role: "user",
			content,
		}),
		headers: { "content-type": "application/json", connection: "close" },
	});
	assert.equal(response.status, 200);
	await response.arrayBuffer();
}
