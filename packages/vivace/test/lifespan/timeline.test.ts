import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTimers, rejection, resource, runnerOf } from "./fixtures.ts";

function takes(ms: number): () => Promise<void> {
	return () => new Promise((resolve) => setTimeout(resolve, ms));
}

test("the timeline says what started and stopped when, for how long and waiting for what", async () => {
	using time = fakeTimers();
	const config = resource("config", takes(100));
	const pool = resource("pool", takes(250));
	const session = resource(
		"session",
		async function* () {
			yield;
			await takes(30)();
		},
		{ needs: [config, pool], neededBy: ["GET /users"] },
	);
	const runner = runnerOf([session]);
	const starting = runner.start();
	await time.advance(100);
	assert.deepEqual(
		runner.timeline().map(({ name, state, waitingFor, waitedForMs }) => ({
			name,
			state,
			waitingFor,
			waitedForMs,
		})),
		[
			{ name: "config", state: "ready", waitingFor: [], waitedForMs: 0 },
			{ name: "pool", state: "starting", waitingFor: [], waitedForMs: 0 },
			{
				name: "session",
				state: "waiting",
				waitingFor: ["pool"],
				waitedForMs: 100,
			},
		],
	);
	await time.advance(150);
	await starting;
	await time.advance(1_000);
	const stopping = runner.stop();
	await time.advance(30);
	await stopping;
	assert.deepEqual(runner.timeline()[2], {
		name: "session",
		needs: ["config", "pool"],
		neededBy: ["GET /users"],
		optional: false,
		state: "released",
		attempts: 1,
		startedAtMs: 250,
		readyAtMs: 250,
		releasingAtMs: 1_250,
		releasedAtMs: 1_280,
		waitedForMs: 250,
		waitingFor: [],
		heldUpBy: "pool",
		acquireMs: 0,
		releaseMs: 30,
		error: undefined,
	});
});

test("the timeline is plain, frozen data that survives JSON", async () => {
	const pool = resource("pool", () => Promise.reject(new Error("refused")));
	const runner = runnerOf([resource("session", () => 1, { needs: [pool] })]);
	await rejection(runner.start());
	const timeline = runner.timeline();
	assert.ok(Object.isFrozen(timeline) && timeline.every(Object.isFrozen));
	const [entry] = JSON.parse(JSON.stringify(timeline));
	assert.equal(entry.error, "refused");
	assert.equal(entry.state, "failed");
	assert.deepEqual(entry.neededBy, ["session"]);
});

test("two resources of the same name are told apart by a number", async () => {
	const runner = runnerOf([
		resource("pool", () => 1),
		resource("pool", () => 2),
	]);
	await runner.start();
	assert.deepEqual(
		runner.timeline().map(({ name }) => name),
		["pool", "pool (2)"],
	);
	assert.deepEqual(Object.keys(await runner.checkAll()), ["pool", "pool (2)"]);
	await runner.stop();
});
