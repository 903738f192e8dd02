import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { SetupError } from "../../src/errors/setup-error.ts";
import {
	fakeTimers,
	logged,
	recorder,
	rejection,
	resource,
	runnerOf,
	settled,
} from "./fixtures.ts";

/** Fails as often as said, then gives the number of the try. */
function flaky(failures: number): () => Promise<number> {
	let tries = 0;
	return async () => {
		if (++tries <= failures) {
			throw new Error(`refused ${tries}`);
		}
		return tries;
	};
}

test("a resource with retry is tried again with growing waits, each told in a line", async () => {
	using time = fakeTimers();
	const reporter = recorder();
	const pool = resource("pool", flaky(3), {
		options: { retry: { times: 3, delayMs: 100, factor: 3 } },
	});
	const runner = runnerOf([pool], { reporter });
	const starting = runner.start();
	for (const wait of [100, 300, 900]) {
		await time.advance(wait);
	}
	await starting;
	assert.equal(runner.valueOf(pool), 4);
	assert.deepEqual(
		reporter.lines.filter((line) => line.startsWith("retrying")),
		[
			"retrying pool in 100: refused 1",
			"retrying pool in 300: refused 2",
			"retrying pool in 900: refused 3",
		],
	);
	const [entry] = runner.timeline();
	assert.equal(entry?.attempts, 4);
	assert.equal(entry?.acquireMs, 1_300);
	assert.equal(entry?.error, undefined);
});

test("no try begins after the time that all may take, which each line tells", async () => {
	using time = fakeTimers();
	const reporter = recorder();
	const left: unknown[] = [];
	const pool = resource("pool", flaky(9), {
		options: { retry: { times: 9, delayMs: 100, withinMs: 400 } },
	});
	const starting = rejection(
		runnerOf([pool], {
			reporter: {
				...reporter,
				retrying: (_, error, delayMs, leftMs) =>
					left.push([(error as Error).message, delayMs, leftMs]),
			},
		}).start(),
	);
	for (const wait of [100, 200]) {
		await time.advance(wait);
	}
	assert.equal(((await starting).cause as Error).message, "refused 3");
	assert.deepEqual(left, [
		["refused 1", 100, 400],
		["refused 2", 200, 300],
	]);
});

for (const optional of [false, true]) {
	test(`a mistake in the program ends the start at once, of ${optional ? "an optional" : "a"} resource too`, async () => {
		let tries = 0;
		const retry = { times: 5, delayMs: 60_000 };
		const broker = resource(
			"broker",
			() => {
				tries++;
				throw new SetupError("VIV_OPTION", "npm install redis.");
			},
			{ options: { optional, retry } },
		);
		const error = await rejection(runnerOf([broker]).start());
		assert.match(
			error.message,
			/"broker" could not be acquired.*npm install redis/,
		);
		assert.equal(tries, 1);
	});
}

test("migrations that a deployment is running are waited for", async () => {
	using time = fakeTimers();
	let tries = 0;
	const notes = resource(
		"notes",
		() => {
			if (++tries === 1) {
				throw new SetupError("VIV_MIGRATION", "001_note is pending.");
			}
			return "open";
		},
		{ options: { retry: { times: 1, delayMs: 100 } } },
	);
	const runner = runnerOf([notes]);
	const starting = runner.start();
	await time.advance(100);
	await starting;
	assert.equal(runner.valueOf(notes), "open");
});

test("when no try is left the last error is the cause", async () => {
	using time = fakeTimers();
	const starting = rejection(
		runnerOf([
			resource("pool", flaky(9), { options: { retry: { times: 1 } } }),
		]).start(),
	);
	await time.advance(500);
	assert.equal(((await starting).cause as Error).message, "refused 2");
});

test("a try that takes too long is followed by the next, and what it brings late is released", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	let tries = 0;
	const pool = resource(
		"pool",
		async function* () {
			const number = ++tries;
			if (number === 1) {
				await gate.promise;
			}
			yield number;
			log.push(`-${number}`);
		},
		{ options: { startupTimeoutMs: 100, retry: { times: 1, delayMs: 10 } } },
	);
	const runner = runnerOf([pool]);
	const starting = runner.start();
	await time.advance(100);
	await time.advance(10);
	await starting;
	assert.equal(runner.valueOf(pool), 2);
	gate.resolve();
	await settled();
	assert.deepEqual(log, ["-1"]);
	await runner.stop();
	assert.deepEqual(log, ["-1", "-2"]);
});

test("the wait for the next try ends when start-up is given up", async () => {
	using _time = fakeTimers();
	const controller = new AbortController();
	const reason = new Error("SIGTERM");
	const runner = runnerOf([
		resource("pool", flaky(9), { options: { retry: { times: 9 } } }),
	]);
	const starting = rejection(runner.start({ signal: controller.signal }));
	await settled();
	controller.abort(reason);
	assert.equal(await starting, reason);
});

test("an optional resource that fails leaves the app degraded, is injected as undefined and tried again until it is there", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const reporter = recorder();
	let tries = 0;
	const cache = resource(
		"cache",
		async function* () {
			if (++tries <= 3) {
				throw new Error(`refused ${tries}`);
			}
			yield "cache";
			log.push("-cache");
		},
		{ options: { optional: true, retry: { times: 0, delayMs: 1_000 } } },
	);
	const session = resource("session", (read) => `on ${read(cache)}`, {
		needs: [cache],
	});
	const runner = runnerOf([session], { reporter });
	await runner.start();
	assert.equal(runner.valueOf(session), "on undefined");
	assert.equal(runner.valueOf(cache), undefined);
	assert.deepEqual(runner.status(), {
		state: "degraded",
		resources: { cache: "degraded", session: "ready" },
	});
	for (const wait of [1_000, 2_000, 4_000]) {
		assert.equal(runner.valueOf(cache), undefined);
		await time.advance(wait);
	}
	assert.equal(runner.valueOf(cache), "cache");
	assert.equal(runner.status().state, "ready");
	assert.deepEqual(
		reporter.lines.filter((line) => /cache/.test(line)),
		[
			"starting cache",
			"degraded cache: refused 1",
			"started 1 -cache",
			"starting cache",
			"retrying cache in 2000: refused 2",
			"starting cache",
			"retrying cache in 4000: refused 3",
			"starting cache",
			"ready cache",
		],
	);
	await runner.stop();
	assert.deepEqual(log, ["-cache"]);
});

test("the waits in the background grow to half a minute and no further", async () => {
	using time = fakeTimers();
	const reporter = recorder();
	const runner = runnerOf(
		[resource("cache", flaky(99), { options: { optional: true } })],
		{ reporter },
	);
	await runner.start();
	for (let round = 0; round < 8; round++) {
		await time.advance(30_000);
	}
	assert.deepEqual(
		reporter.lines
			.map((line) => /retrying cache in (\d+)/.exec(line)?.[1])
			.filter(Boolean)
			.slice(0, 8),
		["1000", "2000", "4000", "8000", "16000", "30000", "30000", "30000"],
	);
	await runner.stop();
});

test("stopping ends the tries in the background, also one that is under way", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	let tries = 0;
	const cache = resource(
		"cache",
		async function* (_read, { signal }) {
			if (++tries === 1) {
				throw new Error("refused");
			}
			await new Promise((resolve) => signal.addEventListener("abort", resolve));
			log.push("told");
			await settled();
			yield;
			log.push("-cache");
		},
		{ options: { optional: true } },
	);
	const runner = runnerOf([logged(log, "first"), cache]);
	await runner.start();
	await time.advance(500);
	assert.equal(tries, 2);
	await runner.stop();
	// It came in spite of the signal, so that it had to be released, and what it stands on after it.
	assert.deepEqual(log, ["+first", "told", "-cache", "-first"]);
});

test("stopping waits for the release of what came late", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	const valve = Promise.withResolvers<void>();
	let tries = 0;
	const below = logged(log, "below");
	const pool = resource(
		"pool",
		async function* () {
			const number = ++tries;
			if (number === 1) {
				await gate.promise;
			}
			yield;
			if (number === 1) {
				await valve.promise;
			}
			log.push(`-${number}`);
		},
		{
			needs: [below],
			options: { startupTimeoutMs: 100, retry: { times: 1, delayMs: 10 } },
		},
	);
	const runner = runnerOf([pool]);
	const starting = runner.start();
	await time.advance(100);
	await time.advance(10);
	await starting;
	gate.resolve();
	await settled();
	const stopping = runner.stop();
	await settled();
	assert.deepEqual(log, ["+below"]);
	valve.resolve();
	await stopping;
	assert.deepEqual(log, ["+below", "-1", "-2", "-below"]);
});

test("the tries in the background do not keep the process alive", async () => {
	const program = join(import.meta.dirname, "retrying-program.ts");
	const child = spawn(process.execPath, [program]);
	const [code] = await once(child, "exit");
	assert.equal(code, 0);
});

test("an error that no other try would heal ends the tries", async () => {
	const pool = resource("pool", flaky(9), {
		options: {
			retry: {
				times: 5,
				delayMs: 60_000,
				when: (error) => !String(error).includes("refused"),
			},
		},
	});
	const error = await rejection(runnerOf([pool]).start());
	assert.equal((error.cause as Error).message, "refused 1");
});
