import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../packages/vivace/test/support/free-port.ts";
import { Nginx } from "../../../packages/vivace/test/support/nginx.ts";
import { Postgres } from "../../../packages/vivace/test/support/postgres.ts";
import { RedisServer } from "../../../packages/vivace/test/support/redis.ts";
import { until } from "../../../packages/vivace/test/support/until.ts";
import { ChatProcess } from "./chat-process.ts";
import { type FollowingClient, SocketClient, StreamClient } from "./clients.ts";

/** The configuration in the guide, for two processes of this machine. */
function configuration(ports: readonly [number, number]) {
	const guide = new URL("../../../docs/guide/channels.md", import.meta.url);
	const [, block = ""] =
		/^```nginx\n([\s\S]*?)^```/m.exec(readFileSync(guide, "utf8")) ?? [];
	return (port: number): string => {
		const places: readonly (readonly [string, string])[] = [
			["listen 80;", `listen 127.0.0.1:${port};`],
			["10.0.0.1:8847", `127.0.0.1:${ports[0]}`],
			["10.0.0.2:8847", `127.0.0.1:${ports[1]}`],
		];
		return places.reduce((text, [documented, here]) => {
			assert.ok(text.includes(documented), `the guide has no ${documented}`);
			return text.replace(documented, here);
		}, block);
	};
}

test("two processes behind the guide's nginx deliver to each other, also while each is restarted under load", {
	skip: Nginx.missing ?? RedisServer.missing ?? Postgres.missing ?? false,
	timeout: 180_000,
}, async () => {
	await using redis = await RedisServer.start();
	await using database = await Postgres.start();
	const { user, password, host, port, database: name } = database.account;
	const ports = [await freePort(), await freePort()] as const;
	const start = async (own: number) => {
		const process = new ChatProcess({
			PORT: String(own),
			DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${name}`,
			REDIS_URL: redis.url,
		});
		await process.listens();
		return process;
	};
	await using processes = new AsyncDisposableStack();
	const running = await Promise.all(
		ports.map(async (own) => processes.use(await start(own))),
	);
	await using nginx = await Nginx.start(configuration(ports));

	const direct = ports.map((own) => `http://127.0.0.1:${own}`);
	await using readers = new AsyncDisposableStack();
	const follow = (client: FollowingClient) => readers.use(client);
	const through = [
		...[1, 2, 3].map(() => follow(new StreamClient(nginx.url))),
		...[1, 2, 3].map(() => follow(new SocketClient(nginx.url))),
	];
	const besides = direct.map((url) => follow(new StreamClient(url)));
	await Promise.all([...through, ...besides].map((each) => each.isReady));

	const acknowledged: string[] = [];
	let isOver = false;
	const writing = Array.from({ length: 4 }, async (_, writer) => {
		for (let turn = 0; !isOver; turn++) {
			const content = `${writer}/${turn}`;
			await store(nginx.url, content);
			acknowledged.push(content);
		}
	});
	const more = (count: number) => {
		const goal = acknowledged.length + count;
		return until(() => acknowledged.length >= goal);
	};
	await more(50);
	for (const [index, own] of ports.entries()) {
		running[index]?.signal("SIGTERM");
		assert.deepEqual(await running[index]?.ended, [0, null]);
		await more(50);
		processes.use(await start(own));
		await more(50);
	}
	isOver = true;
	await Promise.all(writing);
	for (const reader of [...through, ...besides]) {
		await until(() => reader.contents.length >= acknowledged.length);
		assert.deepEqual(reader.contents.toSorted(), acknowledged.toSorted());
		assert.deepEqual(reader.contents, through[0]?.contents, "another order");
	}
	const reconnections = through.map((reader) => reader.connections - 1);
	assert.ok(
		reconnections.every((count) => count >= 1),
		`a client was never cut off: ${reconnections}`,
	);
});

/** Stores a message, however often it has to be tried: with a key it is stored once. */
async function store(url: string, content: string): Promise<void> {
	const sent = {
		method: "POST",
		body: JSON.stringify({ user_id: 1, role: "user", content }),
		headers: { "content-type": "application/json", "idempotency-key": content },
	};
	for (;;) {
		const status = await fetch(`${url}/conversations/a/messages`, sent).then(
			async (response) => {
				await response.arrayBuffer();
				return response.status;
			},
			() => 0, // cut off
		);
		if (status === 201) {
			return;
		}
		assert.ok(status === 0 || status >= 502, `answered with ${status}`);
		await wait(20); // as clients do before they try again
	}
}
