import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { ChatProcess } from "../chat-process.ts";
import { Load, type LoadReport } from "../load.ts";
import { faultyMariaDb } from "./faulty-mariadb.ts";
import { faultyPostgres } from "./faulty-postgres.ts";
import type { FaultyEngine, FaultyServer } from "./faulty-server.ts";

/** Nothing is timed: this only ends a test that hangs. */
const timeout = 180_000;
const messageCount = 2_000;

for (const engine of [faultyMariaDb, faultyPostgres]) {
	suite(`sessions of ${engine.name} that end at any moment`, {
		skip: engine.missing ?? false,
	}, () => {
		for (const hasKeys of [true, false]) {
			test(
				`lose no acknowledged message and store none twice, ${hasKeys ? "with keys" : "without"}`,
				{
					timeout,
				},
				(t) => survive(t, engine, hasKeys),
			);
		}
	});
}

async function survive(
	t: TestContext,
	engine: FaultyEngine,
	hasKeys: boolean,
): Promise<void> {
	await using server = await engine.start([]);
	await using service = new ChatProcess(server.variables(server.port, {}));
	await using load = new Load(await service.listens(), 20, hasKeys);
	const kills = await killUntil(server, load.more(messageCount));
	await load.more(messageCount / 10);
	await load.stop();
	const report = load.report();
	t.diagnostic(`${kills} killed: ${JSON.stringify(report)}`);
	assertAnswers(report);

	const stored = await server.stored();
	assert.equal(new Set(stored).size, stored.length, "stored twice");
	const isStored = new Set(stored);
	const lost = load.acknowledged.filter((content) => !isStored.has(content));
	assert.deepEqual(lost, []);
	const sent = new Set([...load.acknowledged, ...load.unsure]);
	assert.deepEqual(
		stored.filter((content) => !sent.has(content)),
		[],
	);
	if (hasKeys) {
		assert.equal(stored.length, load.acknowledged.length);
	}
	service.signal("SIGTERM");
	assert.deepEqual(await service.ended, [0, null], service.output);
}

/** Ends one session after another, whatever it is doing; gives how many. */
async function killUntil(
	server: FaultyServer,
	isOver: Promise<void>,
): Promise<number> {
	let kills = 0;
	let isDone = false;
	void isOver.then(() => {
		isDone = true;
	});
	while (!isDone) {
		const sessions = await server.sessions();
		const one = sessions[Math.floor(Math.random() * sessions.length)];
		if (one) {
			await server.endSession(one.id);
			kills++;
		}
	}
	return kills;
}

/** A client hears of nothing but an outage. */
function assertAnswers({ refusals }: LoadReport): void {
	assert.deepEqual(
		Object.keys(refusals).filter((reason) => reason !== "503"),
		[],
	);
}
