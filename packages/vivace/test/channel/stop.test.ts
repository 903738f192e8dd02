import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { z } from "zod";
import { MemoryBroker } from "../../src/broker/memory-broker.ts";
import {
	type Broker,
	BrokerUnavailableError,
	channel,
	type Topic,
} from "../../src/channel.ts";
import {
	App,
	BackgroundTasks,
	dependency,
	EventSourceResponse,
	type ServeOptions,
	ServerSentEvent,
	serve,
} from "../../src/index.ts";
import { LogLines } from "../server/port-app.ts";
import { RawClient } from "../server/raw-client.ts";
import { RawSocket } from "../server/raw-socket.ts";
import { until } from "../support/until.ts";

const Note = z.object({ text: z.string() });

/** A broker that notes when it is released, and whoever uses it after that. */
class WatchedBroker extends MemoryBroker {
	readonly log: string[];
	/** Publishes when it is resolved. */
	hold: Promise<void> = Promise.resolve();
	isReleased = false;
	publishCount = 0;

	constructor(log: string[]) {
		super();
		this.log = log;
	}

	override async publish(...given: Parameters<Broker["publish"]>) {
		this.#note("publish");
		this.publishCount++;
		await this.hold;
		this.#note("publish");
		return await super.publish(...given);
	}

	override async read(...given: Parameters<Broker["read"]>) {
		this.#note("read");
		return await super.read(...given);
	}

	override async lastId(topic: string) {
		this.#note("lastId");
		return await super.lastId(topic);
	}

	override follow(topic: string, wake: () => void) {
		this.#note("follow");
		return super.follow(topic, wake);
	}

	#note(method: string): void {
		if (this.isReleased) {
			this.log.push(`${method} after the release`);
		}
	}
}

/** A service whose socket and stream subscribe, and whose request and background task publish. */
async function served(options: ServeOptions = {}) {
	const log: string[] = [];
	const broker = new WatchedBroker(log);
	const notes = channel("notes", Note, {
		broker: dependency(
			async function* (): AsyncGenerator<Broker> {
				yield broker;
				broker.isReleased = true;
				log.push("broker released");
			},
			{ scope: "app" },
		),
	});
	const app = new App();
	app.websocket("/socket", { notes }, async ({ notes }, socket) => {
		await socket.accept();
		try {
			for await (const event of notes.subscribe({ signal: socket.signal })) {
				await socket.send(JSON.stringify(event));
			}
		} finally {
			await notes.lastId();
			log.push("socket ends");
		}
	});
	app.get(
		{ path: "/events", responseClass: EventSourceResponse },
		{ notes },
		async function* ({ notes }, request) {
			try {
				for await (const event of notes.subscribe({ signal: request.signal })) {
					yield new ServerSentEvent({ data: event });
				}
			} finally {
				await notes.lastId();
				log.push("stream ends");
			}
		},
	);
	let lastTopic: Topic<{ text: string }, { text: string }> | undefined;
	app.get("/publish", { notes }, async ({ notes }) => {
		lastTopic = notes;
		try {
			await notes.publish({ text: "asked" });
			log.push("request has published");
		} catch (error) {
			assert.ok(error instanceof BrokerUnavailableError);
			log.push(`request: ${error.message}, ${error.isOutcomeUnknown}`);
			throw error;
		}
		return "published";
	});
	app.get("/later", { notes, tasks: BackgroundTasks }, ({ notes, tasks }) => {
		tasks.add(async () => {
			await notes.publish({ text: "later" });
			log.push("task has published");
		});
		return "accepted";
	});
	const server = await serve(app, {
		port: 0,
		signals: false,
		log: new LogLines(),
		...options,
	});
	return { server, broker, log, topic: () => lastTopic };
}

test("a stop ends what subscribes, a socket and a stream, before the broker is released", async () => {
	const { server, broker, log } = await served();
	await using socket = await RawSocket.open(server.port, "/socket");
	await using stream = await RawClient.open(server.port);
	stream.request("/events", "connection: close");
	await stream.receive("200 OK");
	await using publisher = await RawClient.open(server.port);
	// a subscriber hears what is published once it has asked where it begins
	while (!/asked/.test(stream.received)) {
		publisher.request("/publish");
		await publisher.receive("published");
		publisher.received = "";
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	assert.match(await socket.nextText(), /asked/);
	const closing = server.close();
	assert.equal(await socket.closeCode(), 1012);
	socket.socket.end();
	await closing;
	await stream.closed;
	assert.deepEqual(
		log.filter((line) => line !== "request has published").sort(),
		["broker released", "socket ends", "stream ends"],
	);
	assert.equal(log.at(-1), "broker released");
	assert.equal(broker.isReleased, true);
});

for (const [path, answer, line] of [
	["/publish", "published", "request has published"],
	["/later", "accepted", "task has published"],
] as const) {
	test(`a stop waits for what ${path} is publishing`, async () => {
		const { server, broker, log } = await served();
		const go = Promise.withResolvers<void>();
		broker.hold = go.promise;
		await using client = await RawClient.open(server.port);
		client.request(path);
		await until(() => broker.publishCount === 1);
		const closing = server.close();
		await assert.rejects(async () => {
			for (;;) {
				await using _ = await RawClient.open(server.port); // until nobody listens any more
			}
		});
		assert.deepEqual(log, []);
		go.resolve();
		await client.receive(answer);
		await closing;
		assert.deepEqual(log, [line, "broker released"]);
	});
}

test("who goes on publishing when its time is over is told that the outcome is unknown, and does not reach a released broker", async () => {
	const { server, broker, log, topic } = await served({
		drainTimeoutMs: 50,
		tasksTimeoutMs: 50,
	});
	const go = Promise.withResolvers<void>();
	broker.hold = go.promise;
	await using client = await RawClient.open(server.port);
	client.request("/publish");
	await until(() => broker.publishCount === 1);
	await assert.rejects(server.close(), AggregateError); // it was cut off, and was still running
	await until(() => log.length === 2);
	assert.deepEqual(log.toSorted(), [
		"broker released",
		'request: channel "notes" was released while a message was being published, true',
	]);
	const notes = topic();
	assert.ok(notes);
	await assert.rejects(notes.publish({ text: "late" }), /has been released/);
	await assert.rejects(notes.lastId(), /has been released/);
	const events = notes.subscribe()[Symbol.asyncIterator]();
	assert.equal((await events.next()).done, true);
	assert.equal(log.length, 2);
	assert.equal(
		client.socket.closed || (await once(client.socket, "close")),
		true,
	);
});
