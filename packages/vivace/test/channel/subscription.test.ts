import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { MemoryBroker } from "../../src/broker/memory-broker.ts";
import {
	type Broker,
	BrokerUnavailableError,
	type Channel,
	channel,
} from "../../src/channel.ts";
import { App, dependency } from "../../src/index.ts";

/** A channel of an app that has started, on a broker of the test's. */
async function started(broker: Broker) {
	const declared = channel("notes", z.string(), {
		broker: dependency(() => broker, { scope: "app" }),
	});
	const app = new App();
	app.get("/", { notes: declared }, () => null);
	await app.start({ summary: false });
	const scope = await app.scope();
	return {
		notes: (await scope.get(declared)) as Channel<string, string>,
		async [Symbol.asyncDispose]() {
			await scope[Symbol.asyncDispose]();
			await app.stop();
		},
	};
}

/** Follows how many follow. */
class CountingBroker extends MemoryBroker {
	followers = 0;

	override follow(topic: string, wake: () => void): () => void {
		this.followers++;
		const leave = super.follow(topic, wake);
		return () => {
			this.followers--;
			leave();
		};
	}
}

describe("a subscription", () => {
	it("begins where it is made, also when nobody reads yet", async () => {
		await using context = await started(new MemoryBroker());
		const { notes } = context;
		await notes.publish("before");
		const events = notes.subscribe();
		await notes.publish("a");
		await notes.publish("b");
		const read: string[] = [];
		for await (const event of events) {
			read.push(event.kind === "message" ? event.value : "gap");
			if (read.length === 2) {
				break;
			}
		}
		assert.deepEqual(read, ["a", "b"]);
	});

	it("that nobody reads follows nothing, and is told of no broker that is away", async () => {
		const broker = new CountingBroker();
		await using context = await started(broker);
		const failing = Object.assign(broker, {
			lastId: () => Promise.reject(new BrokerUnavailableError("away")),
		});
		const unread = context.notes.subscribe();
		await new Promise((resolve) => setImmediate(resolve)); // a rejection would have been told
		assert.equal(failing.followers, 0);
		assert.ok(unread);
	});

	for (const [how, leave] of [
		["return()", (events) => events.return?.()],
		[
			"throw()",
			async (events) => {
				await assert.rejects(async () => events.throw?.(new Error("x")), /x/);
				return { done: true, value: undefined };
			},
		],
	] as readonly (readonly [
		string,
		(
			events: AsyncIterator<unknown>,
		) => Promise<IteratorResult<unknown>> | undefined,
	])[]) {
		it(`is left by ${how} while its reader waits for a message`, async () => {
			const broker = new CountingBroker();
			await using context = await started(broker);
			const events = context.notes.subscribe()[Symbol.asyncIterator]();
			const next = events.next();
			await new Promise((resolve) => setImmediate(resolve));
			assert.equal(broker.followers, 1);
			const end = { done: true, value: undefined };
			assert.deepEqual(await leave(events), end);
			assert.deepEqual(await next, end);
			assert.equal(broker.followers, 0);
			assert.deepEqual(await events.next(), end);
		});
	}

	it("ends at once while its broker is asked and does not answer", async () => {
		const broker = new CountingBroker();
		await using context = await started(broker);
		broker.read = () => new Promise(() => {});
		const ending = new AbortController();
		const { signal } = ending;
		const events = context.notes.subscribe({ from: "x", signal });
		const next = events[Symbol.asyncIterator]().next();
		await new Promise((resolve) => setImmediate(resolve));
		ending.abort();
		assert.equal((await next).done, true);
		assert.equal(broker.followers, 0);
	});

	it("gives nothing any more behind its end, also of what is read already", async () => {
		await using context = await started(new MemoryBroker());
		const ending = new AbortController();
		const events = context.notes
			.subscribe({ signal: ending.signal })
			[Symbol.asyncIterator]();
		await context.notes.publish("a");
		await context.notes.publish("b");
		assert.equal((await events.next()).done, false);
		ending.abort();
		assert.equal((await events.next()).done, true);
	});

	it("behind an id with something at its end begins with a gap", async () => {
		await using context = await started(new MemoryBroker());
		const id = await context.notes.publish("a");
		const from = `${id}-1`;
		const events = context.notes.subscribe({ from })[Symbol.asyncIterator]();
		assert.deepEqual((await events.next()).value, { kind: "gap", after: from });
		await events.return?.();
	});
});
