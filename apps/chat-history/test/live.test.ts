import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type Server, serve } from "vivace";
import { RedisServer } from "../../../packages/vivace/test/support/redis.ts";
import { createApp } from "../app.ts";
import { eventsOf, type StreamEvent } from "./event-stream.ts";

const quiet = { info() {}, warn() {}, error() {} };

/** A running service on a database file. */
function start(
	path: string,
	live: { readonly redisUrl?: string; readonly livePollMs?: number } = {},
): Promise<Server> {
	const app = createApp(
		{
			host: "127.0.0.1",
			port: 0,
			corsOrigins: ["*"],
			startTries: 1,
			livePollMs: 3_600_000,
			database: { sqlite: { path } },
			...live,
		},
		quiet,
	);
	return serve(app, { port: 0, signals: false, log: quiet });
}

/** The events of a conversation, as a client gets them. */
async function* follow(
	server: Server,
	conversation: string,
	from?: string,
): AsyncGenerator<StreamEvent, void, undefined> {
	const response = await fetch(
		`${server.url}/conversations/${conversation}/events?user_id=1`,
		{ headers: from === undefined ? {} : { "last-event-id": from } },
	);
	assert.equal(response.status, 200);
	yield* eventsOf(response);
}

/** The next messages, whose contents are given, and the id of the last. */
async function contents(
	events: AsyncGenerator<StreamEvent, void, undefined>,
	count: number,
): Promise<{ readonly texts: readonly string[]; readonly lastId: string }> {
	const texts: string[] = [];
	let lastId = "";
	while (texts.length < count) {
		const { value } = await events.next();
		assert.ok(value, "the stream has ended");
		assert.ok(value.data, "browsers drop what has no data");
		lastId = value.id ?? lastId;
		texts.push(
			value.event === "message"
				? JSON.parse(value.data ?? "").content
				: `(${value.event})`,
		);
	}
	return { texts, lastId };
}

function post(server: Server, path: string, body: object, headers = {}) {
	return fetch(server.url + path, {
		method: "POST",
		body: JSON.stringify(body),
		headers: {
			"content-type": "application/json",
			connection: "close",
			...headers,
		},
	});
}

const say = (
	server: Server,
	conversation: string,
	content: string,
	headers = {},
) =>
	post(
		server,
		`/conversations/${conversation}/messages`,
		{ user_id: 1, role: "user", content },
		headers,
	);

suite("a conversation as it goes on", () => {
	let folder: string;
	let server: Server;
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "vivace-live-"));
		server = await start(join(folder, "chat.db"));
	});
	after(async () => {
		await server?.close();
		await rm(folder, { recursive: true });
	});

	test("tells what is stored by either route, once, and goes on behind an id", async () => {
		const events = follow(server, "a");
		assert.deepEqual((await contents(events, 1)).texts, ["(ready)"]);
		await say(server, "other", "not here");
		await say(server, "a", "你好", { "idempotency-key": "k" });
		await say(server, "a", "你好", { "idempotency-key": "k" });
		await post(server, "/store_content", {
			user_id: 1,
			session_id: "a",
			role: "assistant",
			content: "Hello",
		});
		const { texts, lastId } = await contents(events, 2);
		assert.deepEqual(texts, ["你好", "Hello"]);
		await events.return();
		await say(server, "a", "meanwhile");
		const again = follow(server, "a", lastId);
		const { texts: later } = await contents(again, 2);
		assert.deepEqual(later, ["(ready)", "meanwhile"]);
		await again.return();
	});

	for (const id of ["made-up", "999999999", "-1", "1.5", "9".repeat(400)]) {
		test(`tells a gap for an id that nobody knows: ${id.slice(0, 12)}`, async () => {
			await say(server, "b", "before");
			const events = follow(server, "b", id);
			assert.deepEqual((await contents(events, 2)).texts, ["(ready)", "(gap)"]);
			await say(server, "b", "first");
			assert.deepEqual((await contents(events, 1)).texts, ["first"]);
			await events.return();
		});
	}

	test("goes on behind an id after a restart, with all of many", async () => {
		const path = join(folder, "restarted.db");
		const before = await start(path);
		const events = follow(before, "a");
		await contents(events, 1);
		await say(before, "a", "first");
		const { lastId } = await contents(events, 1);
		await events.return();
		const texts = Array.from({ length: 120 }, (_, index) => `m${index}`);
		for (const text of texts) {
			await say(before, "a", text);
		}
		await before.close();
		const after = await start(path);
		const again = follow(after, "a", lastId);
		const { texts: heard } = await contents(again, 121);
		assert.deepEqual(heard, ["(ready)", ...texts]);
		await again.return();
		await after.close();
	});

	test("a socket tells the same, and stores what it is sent", async () => {
		const url = `${server.url.replace("http", "ws")}/conversations/c/events?user_id=1`;
		const socket = new WebSocket(url);
		const heard: { kind: string; message?: { content: string } }[] = [];
		const waiting: (() => void)[] = [];
		socket.addEventListener("message", ({ data }) => {
			heard.push(JSON.parse(data));
			waiting.shift()?.();
		});
		const next = () => new Promise<void>((resolve) => waiting.push(resolve));
		await next();
		const told = next();
		socket.send(JSON.stringify({ role: "user", content: "by socket" }));
		await told;
		const second = next();
		await say(server, "c", "by request");
		await second;
		assert.deepEqual(
			heard.map(({ kind, message }) => message?.content ?? kind),
			["ready", "by socket", "by request"],
		);
		const history = await fetch(
			`${server.url}/conversations/c/messages?user_id=1&order=oldest`,
			{ headers: { connection: "close" } },
		);
		const { items } = (await history.json()) as { items: object[] };
		assert.equal(items.length, 2);
		const closed = new Promise<CloseEvent>((resolve) => {
			socket.addEventListener("close", resolve, { once: true });
		});
		socket.send(JSON.stringify({ role: "nobody", content: "x" }));
		assert.equal((await closed).code, 1007);
	});

	test("what is wrong is refused before a stream begins", async () => {
		const base = `${server.url}/conversations`;
		const headers = { connection: "close" };
		assert.equal((await fetch(`${base}/a/events`, { headers })).status, 422);
		assert.equal(
			(await fetch(`${base}/${"x".repeat(51)}/events?user_id=1`, { headers }))
				.status,
			422,
		);
	});
});

test("what another process has stored is found without Redis", async () => {
	const folder = await mkdtemp(join(tmpdir(), "vivace-live-"));
	const path = join(folder, "chat.db");
	const one = await start(path);
	const other = await start(path, { livePollMs: 10 });
	try {
		const events = follow(other, "a");
		await contents(events, 1);
		await say(one, "b", "not here");
		await say(one, "a", "found");
		assert.deepEqual((await contents(events, 1)).texts, ["found"]);
		await say(one, "a", "again");
		assert.deepEqual((await contents(events, 1)).texts, ["again"]);
		await events.return();
	} finally {
		await one.close();
		await other.close();
		await rm(folder, { recursive: true });
	}
});

test("two processes on one database tell each other's messages by Redis, and find them while it is away", {
	skip: RedisServer.missing ?? false,
}, async () => {
	const folder = await mkdtemp(join(tmpdir(), "vivace-live-"));
	await using redis = await RedisServer.start();
	const path = join(folder, "chat.db");
	const one = await start(path, { redisUrl: redis.url });
	const other = await start(path, { redisUrl: redis.url });
	const finding = await start(path, { redisUrl: redis.url, livePollMs: 10 });
	try {
		const events = follow(other, "a");
		await contents(events, 1);
		const page = await fetch(`${one.url}/chat`, {
			headers: { connection: "close" },
		});
		assert.match(await page.text(), /<body>/); // nothing to say: it hears the others
		await say(one, "a", "through Redis");
		assert.deepEqual((await contents(events, 1)).texts, ["through Redis"]);
		const found = follow(finding, "a");
		await contents(found, 1);
		await redis.kill();
		const response = await say(one, "a", "while Redis is away");
		assert.equal(response.status, 201);
		assert.deepEqual((await contents(found, 1)).texts, ["while Redis is away"]);
		await found.return();
		await redis.resume();
		assert.deepEqual((await contents(events, 1)).texts, [
			"while Redis is away",
		]);
		await events.return();
	} finally {
		await one.close();
		await other.close();
		await finding.close();
		await rm(folder, { recursive: true });
	}
});
