import assert from "node:assert/strict";
import { test } from "node:test";
import { LifespanError, SetupError } from "../../src/errors/setup-error.ts";
import {
	fakeTimers,
	logged,
	recorder,
	rejection,
	resource,
	runnerOf,
	settled,
} from "./fixtures.ts";

const never = new Promise<never>(() => {});

test("a failing resource has the acquired ones released in reverse order, and the error names it, who needs it and the cause", async () => {
	const log: string[] = [];
	const cause = new Error("connect ECONNREFUSED");
	const config = logged(log, "config");
	const cache = logged(log, "cache", { needs: [config] });
	const pool = resource("pool", () => Promise.reject(cause), {
		needs: [cache],
	});
	const session = logged(log, "session", {
		needs: [pool],
		neededBy: ["GET /users", "POST /users"],
	});
	const runner = runnerOf([session]);
	const error = await rejection(runner.start());
	assert.deepEqual(log, ["+config", "+cache", "-cache", "-config"]);
	assert.ok(error instanceof LifespanError);
	assert.equal(error.cause, cause);
	assert.deepEqual(error.errors, []);
	assert.equal(
		error.message,
		'VIV_LIFESPAN: "pool" could not be acquired: connect ECONNREFUSED (needed: "pool" ← "session" ← GET /users and 1 more); if it may come up later than the app, give it { retry: { times } }, and if the app can serve without it { optional: true }',
	);
	assert.equal(runner.status().state, "failed");
	assert.deepEqual(await runner.stop(), { errors: [] });
});

test("what was tried again is told how often, not to try again", async () => {
	const error = await rejection(
		runnerOf([
			resource("pool", () => Promise.reject(new Error("refused")), {
				options: { retry: { times: 2, delayMs: 0 } },
			}),
		]).start(),
	);
	assert.match(
		String(error.message),
		/: refused; it was tried 3 times: if it may come up later still, give it more in \{ retry: \{ times \} \}, and/,
	);
});

test("a mistake in the set-up gets no advice to wait", async () => {
	const cause = new SetupError("VIV_OPTION", "no such thing.");
	const error = await rejection(
		runnerOf([resource("pool", () => Promise.reject(cause))]).start(),
	);
	assert.doesNotMatch(String(error.message), /later than the app/);
});

test("a function that throws at once fails like one that rejects", async () => {
	const cause = new Error("no such file");
	const error = await rejection(
		runnerOf([
			resource("settings", () => {
				throw cause;
			}),
		]).start(),
	);
	assert.equal(error.cause, cause);
});

test("a connection error to several addresses, which has no message, is told by its parts", async () => {
	const cause = new AggregateError([
		new Error("connect ECONNREFUSED ::1:5432"),
		new Error("connect ECONNREFUSED 127.0.0.1:5432"),
	]);
	const error = await rejection(
		runnerOf([resource("pool", () => Promise.reject(cause))]).start(),
	);
	assert.match(
		error.message,
		/ECONNREFUSED ::1:5432; connect ECONNREFUSED 127/,
	);
});

test("a LifespanError of the program's own comes out as it is", async () => {
	const own = new LifespanError("the schema is older than the program");
	const error = await rejection(
		runnerOf([resource("pool", () => Promise.reject(own))]).start(),
	);
	assert.equal(error, own);
});

test("those that are starting when another fails are told by their signal, and what they clean up is waited for", async () => {
	const log: string[] = [];
	const cause = new Error("no");
	const slow = resource("slow", async function* (_read, { signal }) {
		const aborted = Promise.withResolvers<void>();
		signal.addEventListener("abort", () => aborted.resolve());
		try {
			await aborted.promise;
			log.push(`told: ${(signal.reason as Error).message}`);
			throw signal.reason;
		} finally {
			await settled();
			log.push("slow cleaned up");
		}
		yield;
	});
	const failing = resource("failing", async () => {
		await settled();
		throw cause;
	});
	const error = (await rejection(
		runnerOf([logged(log, "first"), slow, failing]).start(),
	)) as LifespanError;
	assert.deepEqual(log, [
		"+first",
		'told: VIV_LIFESPAN: start-up was given up, for "failing" failed',
		"slow cleaned up",
		"-first",
	]);
	assert.equal(error.cause, cause);
	assert.deepEqual(error.errors, []);
});

test("one that arrives although it was told to give up is released before those it needs", async () => {
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	const first = logged(log, "first");
	const deaf = resource(
		"deaf",
		async function* () {
			await gate.promise;
			log.push("+deaf");
			yield;
			log.push("-deaf");
		},
		{ needs: [first] },
	);
	const failing = resource("failing", async () => {
		await settled();
		throw new Error("no");
	});
	const starting = rejection(runnerOf([deaf, failing]).start());
	await settled();
	await settled();
	assert.deepEqual(log, ["+first"]);
	gate.resolve();
	await starting;
	assert.deepEqual(log, ["+first", "+deaf", "-deaf", "-first"]);
});

test("one that ignores the signal is waited for within a bound, and released in the background when it comes", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	const reporter = recorder();
	const deaf = resource("deaf", async function* () {
		await gate.promise;
		log.push("+deaf");
		yield;
		log.push("-deaf");
	});
	const failing = resource("failing", () => Promise.reject(new Error("no")));
	const runner = runnerOf([logged(log, "first"), deaf, failing], {
		abortTimeoutMs: 2_000,
		reporter,
	});
	const starting = rejection(runner.start());
	await time.advance(1_999);
	assert.deepEqual(log, ["+first"]);
	await time.advance(1);
	await starting;
	assert.deepEqual(log, ["+first", "-first"]);
	gate.resolve();
	await settled();
	assert.deepEqual(log, ["+first", "-first", "+deaf", "-deaf"]);
	assert.deepEqual(reporter.lines.slice(-3), [
		"stopped",
		"late deaf",
		"released deaf",
	]);
	assert.equal(runner.status().resources.deaf, "failed");
});

test("what fails beside the first failure, in start-up and in release, is attached in order", async () => {
	const cause = new Error("first");
	const second = new Error("second");
	const third = new Error("third");
	const gate = Promise.withResolvers<void>();
	const error = (await rejection(
		runnerOf([
			resource("acquired", async function* () {
				yield;
				throw third;
			}),
			resource("a", async () => {
				await settled();
				gate.resolve();
				throw cause;
			}),
			resource("b", async () => {
				await gate.promise;
				await settled();
				throw second;
			}),
		]).start(),
	)) as LifespanError;
	assert.equal(error.cause, cause);
	assert.deepEqual(
		error.errors.map((one) => (one as Error).cause),
		[second, third],
	);
	assert.match(
		error.message,
		/^VIV_LIFESPAN: "a" could not be acquired: first;.*; besides: "b" failed: second; "acquired" could not be released: third$/,
	);
});

test("a resource that takes longer than its limit fails, named with the limit, and is told by its signal", async () => {
	using time = fakeTimers();
	let heard: AbortSignal | undefined;
	const pool = resource(
		"pool",
		(_read, { signal }) => {
			heard = signal;
			return never;
		},
		{ options: { startupTimeoutMs: 100 }, neededBy: ["GET /users"] },
	);
	const starting = rejection(runnerOf([pool]).start());
	await time.advance(99);
	assert.equal(heard?.aborted, false);
	await time.advance(1);
	const error = await starting;
	assert.ok(error instanceof LifespanError);
	assert.equal(
		error.message,
		'VIV_LIFESPAN: "pool" was not acquired within 100 ms (startupTimeoutMs) (needed: "pool" ← GET /users); give it more time, or 0 for as long as it takes',
	);
	assert.equal(heard?.aborted, true);
});

test("the limit is a minute by default, and none at 0", async () => {
	using time = fakeTimers();
	const patient = resource("patient", () => never, {
		options: { startupTimeoutMs: 0 },
	});
	const usual = resource("usual", () => never);
	let isOver = false;
	const runner = runnerOf([patient], { abortTimeoutMs: 1 });
	const patientStart = rejection(runner.start()).finally(() => {
		isOver = true;
	});
	const usualStart = rejection(runnerOf([usual]).start());
	await time.advance(60_000);
	assert.match((await usualStart).message, /within 60000 ms/);
	await time.advance(10_000_000);
	assert.equal(isOver, false);
	void runner.stop();
	await time.advance(1);
	await patientStart;
});

test("what arrives after its limit is released at once", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	const pool = resource(
		"pool",
		async function* () {
			await gate.promise;
			log.push("+pool");
			yield;
			log.push("-pool");
		},
		{ options: { startupTimeoutMs: 100 } },
	);
	const starting = rejection(runnerOf([pool]).start());
	await time.advance(100);
	await starting;
	gate.resolve();
	await settled();
	assert.deepEqual(log, ["+pool", "-pool"]);
});

test("start-up as a whole has a limit, and its error names what was not ready and why", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const hanging = resource("hanging", (_read, { signal }) => {
		const { promise, reject } = Promise.withResolvers();
		signal.addEventListener("abort", () => reject(signal.reason));
		return promise;
	});
	const runner = runnerOf(
		[logged(log, "fine"), hanging, logged(log, "behind", { needs: [hanging] })],
		{ startupTimeoutMs: 5_000 },
	);
	const starting = rejection(runner.start());
	await time.advance(5_000);
	const error = await starting;
	assert.ok(error instanceof LifespanError);
	assert.match(
		error.message,
		/start-up took longer than the 5000 ms .*; not ready: "hanging" \(starting\), "behind" \(waiting for "hanging"\)$/,
	);
	assert.deepEqual(log, ["+fine", "-fine"]);
});

test("what fails while a start-up that took too long is undone is attached to its error", async () => {
	using time = fakeTimers();
	const beside = new Error("half-open socket");
	const hanging = resource("hanging", (_read, { signal }) => {
		const { promise, reject } = Promise.withResolvers();
		signal.addEventListener("abort", () => reject(beside));
		return promise;
	});
	const starting = rejection(
		runnerOf([hanging], { startupTimeoutMs: 5_000 }).start(),
	);
	await time.advance(5_000);
	const error = (await starting) as LifespanError;
	assert.deepEqual(
		error.errors.map((one) => (one as Error).cause),
		[beside],
	);
	assert.match(error.message, /besides: "hanging" failed: half-open socket$/);
});

test("an optional resource cannot use up the time of start-up as a whole", async () => {
	using time = fakeTimers();
	const hanging = resource("hanging", () => never, {
		options: { optional: true, retry: { times: 9 } },
	});
	const runner = runnerOf([hanging], {
		startupTimeoutMs: 5_000,
	});
	const starting = runner.start();
	await time.advance(5_000);
	await starting;
	assert.equal(runner.status().state, "degraded");
	const stopping = runner.stop();
	await time.advance(5_000);
	await stopping;
});

test("a process told to stop while it starts releases what it has and rejects with the signal's reason", async () => {
	const log: string[] = [];
	const controller = new AbortController();
	const hanging = resource("hanging", (_read, { signal }) => {
		const { promise, reject } = Promise.withResolvers();
		signal.addEventListener("abort", () => {
			log.push("told");
			reject(signal.reason);
		});
		return promise;
	});
	const runner = runnerOf([logged(log, "first"), hanging]);
	const reason = new Error("SIGTERM");
	const starting = rejection(runner.start({ signal: controller.signal }));
	await settled();
	controller.abort(reason);
	assert.equal(await starting, reason);
	assert.deepEqual(log, ["+first", "told", "-first"]);
});

test("a signal that is aborted beforehand keeps everything from starting", async () => {
	const log: string[] = [];
	const reason = new Error("SIGTERM");
	const runner = runnerOf([logged(log, "first")]);
	const error = await rejection(
		runner.start({ signal: AbortSignal.abort(reason) }),
	);
	assert.equal(error, reason);
	assert.deepEqual(log, []);
});

test("stopping while it starts gives start-up up, releases, and reports", async () => {
	const log: string[] = [];
	const broken = resource("broken", async function* () {
		yield;
		throw new Error("stuck valve");
	});
	const hanging = resource("hanging", (_read, { signal }) => {
		const { promise, reject } = Promise.withResolvers();
		signal.addEventListener("abort", () => reject(signal.reason));
		return promise;
	});
	const runner = runnerOf([logged(log, "first"), broken, hanging]);
	const starting = rejection(runner.start());
	await settled();
	const { errors } = await runner.stop();
	assert.match(
		String(errors[0]),
		/"broken" could not be released: stuck valve/,
	);
	assert.match((await starting).message, /the app was told to stop/);
	assert.deepEqual(log, ["+first", "-first"]);
	assert.equal(runner.status().state, "stopped");
});

test("what was acquired does not hear of the abort, so that its release is not cut short", async () => {
	const log: string[] = [];
	const acquired = resource("acquired", async function* (_read, { signal }) {
		yield;
		signal.throwIfAborted();
		await settled();
		log.push(signal.aborted ? "cut short" : "released in peace");
	});
	const failing = resource("failing", () => Promise.reject(new Error("no")), {
		needs: [acquired],
	});
	await rejection(runnerOf([failing]).start());
	assert.deepEqual(log, ["released in peace"]);
});

test("a release that hangs after a failed start is abandoned at its limit too", async () => {
	using time = fakeTimers();
	const stuck = resource(
		"stuck",
		async function* () {
			yield;
			await never;
		},
		{ options: { shutdownTimeoutMs: 50 } },
	);
	const failing = resource("failing", () => Promise.reject(new Error("no")), {
		needs: [stuck],
	});
	const starting = rejection(runnerOf([failing]).start());
	await time.advance(50);
	assert.match(
		(await starting).message,
		/besides: "stuck" was not released within 50 ms/,
	);
});
