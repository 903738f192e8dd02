import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, suite, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Heartbeat } from "../../../src/server/lifecycle/heartbeat.ts";

const limits = { pingMs: 100, pongMs: 50, messageBytes: 100_000 };

/** A heartbeat that writes down what it does to its client, in order. */
class Asked extends Heartbeat {
	readonly log: string[] = [];
	/** Undefined while nothing waits to be sent. */
	taken: number | undefined;

	constructor(own: Partial<typeof limits> = {}) {
		super({ ...limits, ...own });
	}

	override ask(): void {
		this.log.push("ask");
	}

	override cut(): void {
		this.log.push("cut");
	}

	override read(isOn: boolean): void {
		this.log.push(isOn ? "read" : "stop");
	}

	override takenBytes(): number | undefined {
		return this.taken;
	}
}

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
		await pass(100);
		await pass(40);
		client.hearPong();
		await pass(60);
		assert.deepEqual(client.log, ["ask", "ask"]);
		await pass(50);
		assert.deepEqual(client.log, ["ask", "ask", "cut"]);
		client.stop();
	});

	test("a slow client that takes something of what is before the ping is there", async () => {
		const client = new Asked({ pingMs: 10_000 });
		client.taken = 0;
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
		client.stop();
	});

	test("where nobody takes messages it reads on until the answer is there", async () => {
		const client = new Asked();
		client.rest();
		await pass(100);
		client.hearMessage(1_000);
		client.hearPong();
		assert.deepEqual(client.log, ["stop", "ask", "read", "stop"]);
		await pass(100);
		await pass(50);
		assert.deepEqual(client.log.slice(4), ["ask", "read", "cut"]);
		client.stop();
	});

	test("it reads so much more and no more, and says nothing of a client whose answer it can't see", async () => {
		const client = new Asked();
		client.rest();
		await pass(100);
		client.hearMessage(60_000);
		client.hearMessage(60_000);
		assert.deepEqual(client.log, ["stop", "ask", "read", "stop"]);
		for (let turn = 0; turn < 10; turn++) {
			await pass(100);
		}
		assert.deepEqual(
			client.log.slice(4),
			Array.from({ length: 10 }, () => "ask"),
		);
		client.wake();
		client.log.length = 0;
		await pass(100);
		await pass(50);
		assert.deepEqual(client.log, ["ask", "cut"]);
		client.stop();
	});

	test("those that have come together are asked together, until they leave", async () => {
		const clients = [new Asked(), new Asked(), new Asked()];
		const [first, second] = clients as [Asked, Asked];
		// the first takes the second with it
		first.ask = () => {
			first.log.push("ask");
			second.stop();
		};
		await pass(100);
		await pass(50);
		assert.deepEqual(
			clients.map(({ log }) => log),
			[["ask", "cut"], [], ["ask", "cut"]],
		);
		for (const client of clients) {
			client.stop();
		}
		const later = new Asked();
		await pass(100);
		assert.deepEqual(later.log, ["ask"]);
		later.stop();
		await pass(1000);
		assert.deepEqual([first.log.length, later.log.length], [2, 1]);
	});
});
