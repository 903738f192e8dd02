import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, suite, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ClientHeartbeat } from "../../../src/server/lifecycle/heartbeat.ts";

/** The other side of a heartbeat: what was done to it, in order. */
class Asked {
	readonly log: string[] = [];
	/** Undefined while nothing waits to be sent. */
	taken: number | undefined;

	ask(): void {
		this.log.push("ask");
	}

	cut(): void {
		this.log.push("cut");
	}

	read(isOn: boolean): void {
		this.log.push(isOn ? "read" : "stop");
	}

	takenBytes(): number | undefined {
		return this.taken;
	}
}

const limits = { pingMs: 100, pongMs: 50, messageBytes: 100_000 };

suite("a heartbeat", () => {
	beforeEach(() => {
		mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
	});
	afterEach(() => {
		mock.timers.reset();
	});

	/** A turn later it is decided whether an answer has come. */
	async function pass(ms: number): Promise<void> {
		mock.timers.tick(ms);
		await nextTurn();
	}

	test("asks at each interval and cuts who does not answer in time", async () => {
		const client = new Asked();
		const heartbeat = new ClientHeartbeat(limits, client);
		await pass(100);
		await pass(40);
		heartbeat.hearPong();
		await pass(60);
		assert.deepEqual(client.log, ["ask", "ask"]);
		await pass(50);
		assert.deepEqual(client.log, ["ask", "ask", "cut"]);
		heartbeat.stop();
	});

	test("a slow client that takes something of what is before the ping is there", async () => {
		const client = new Asked();
		client.taken = 0;
		const heartbeat = new ClientHeartbeat(
			{ ...limits, pingMs: 10_000 },
			client,
		);
		await pass(10_000);
		for (let turn = 0; turn < 10; turn++) {
			client.taken = turn + 1;
			await pass(50);
		}
		client.taken = undefined;
		await pass(50);
		assert.deepEqual(client.log, ["ask"]);
		await pass(50);
		assert.deepEqual(client.log, ["ask", "cut"]);
		heartbeat.stop();
	});

	test("where nobody takes messages it reads on until the answer is there", async () => {
		const client = new Asked();
		const heartbeat = new ClientHeartbeat(limits, client);
		heartbeat.rest();
		await pass(100);
		heartbeat.hearMessage(1_000);
		heartbeat.hearPong();
		assert.deepEqual(client.log, ["stop", "ask", "read", "stop"]);
		await pass(100);
		await pass(50);
		assert.deepEqual(client.log.slice(4), ["ask", "read", "cut"]);
		heartbeat.stop();
	});

	test("it reads so much more and no more, and says nothing of a client whose answer it can't see", async () => {
		const client = new Asked();
		const heartbeat = new ClientHeartbeat(limits, client);
		heartbeat.rest();
		await pass(100);
		heartbeat.hearMessage(60_000);
		heartbeat.hearMessage(60_000);
		assert.deepEqual(client.log, ["stop", "ask", "read", "stop"]);
		for (let turn = 0; turn < 10; turn++) {
			await pass(100);
		}
		assert.deepEqual(
			client.log.slice(4),
			Array.from({ length: 10 }, () => "ask"),
		);
		heartbeat.wake();
		client.log.length = 0;
		await pass(100);
		await pass(50);
		assert.deepEqual(client.log, ["ask", "cut"]);
		heartbeat.stop();
	});

	test("those that have come together are asked together, until they leave", async () => {
		const clients = [new Asked(), new Asked(), new Asked()];
		const heartbeats = clients.map(
			(client) => new ClientHeartbeat(limits, client),
		);
		const [first, second] = clients as [Asked, Asked];
		// the first takes the second with it
		first.ask = () => {
			first.log.push("ask");
			heartbeats[1]?.stop();
		};
		await pass(100);
		await pass(50);
		assert.deepEqual(
			clients.map(({ log }) => log),
			[["ask", "cut"], [], ["ask", "cut"]],
		);
		for (const heartbeat of heartbeats) {
			heartbeat.stop();
		}
		const later = new ClientHeartbeat(limits, second);
		await pass(100);
		assert.deepEqual(second.log, ["ask"]);
		later.stop();
		await pass(1000);
		assert.deepEqual([first.log.length, second.log.length], [2, 1]);
	});
});
