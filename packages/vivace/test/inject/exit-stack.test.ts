import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import {
	Entering,
	ErrorStatus,
	ExitStack,
} from "../../src/inject/exit-stack.ts";
import type { AnyGenerator } from "../../src/inject/generator.ts";

/** A generator that writes down how it is left. */
function* recorded(name: string, lines: string[]): Generator<string> {
	try {
		yield name;
		lines.push(`${name} leaves`);
	} catch (error) {
		lines.push(`${name} hears ${(error as Error).message}`);
		throw error;
	}
}

async function* recordedLater(
	name: string,
	lines: string[],
): AsyncGenerator<string> {
	yield* recorded(name, lines);
}

/** Enters a generator, and waits for its value where that takes time. */
async function entered(
	stack: ExitStack,
	name: string,
	generator: AnyGenerator,
): Promise<unknown> {
	const values: unknown[] = [];
	const pending = stack.enter(name, generator, values, 0);
	if (pending === undefined) {
		return values[0];
	}
	const waiting = values[0];
	assert.ok(waiting instanceof Entering);
	return stack.take(waiting, await pending);
}

/** Rejects with the error that came out. */
async function left(stack: ExitStack, error?: unknown): Promise<void> {
	const last = await stack.leave(error === undefined ? undefined : { error });
	if (last !== undefined) {
		throw last.error;
	}
}

test("what a generator yields is given, at once or when it is there", async () => {
	const stack = new ExitStack(0);
	const values: unknown[] = [];
	assert.equal(stack.enter("a", recorded("a", []), values, 1), undefined);
	assert.equal(values[1], "a");
	assert.equal(await entered(stack, "b", recordedLater("b", [])), "b");
});

test("generators are left in reverse order, each once", async () => {
	const lines: string[] = [];
	const stack = new ExitStack(1_000);
	await entered(stack, "a", recorded("a", lines));
	await entered(stack, "b", recordedLater("b", lines));
	await entered(stack, "c", recorded("c", lines));
	await left(stack);
	await left(stack);
	assert.deepEqual(lines, ["c leaves", "b leaves", "a leaves"]);
});

test("generators that wait for nothing are left at once", async () => {
	const lines: string[] = [];
	const stack = new ExitStack(1_000);
	await entered(stack, "a", recorded("a", lines));
	await entered(stack, "b", recorded("b", lines));
	const error = new Error("no luck");
	const out = stack.leave({ error });
	if ("Deno" in globalThis) {
		await out; // it comes back to an async context later
	} else {
		assert.deepEqual(out, { error });
	}
	assert.deepEqual(lines, ["b hears no luck", "a hears no luck"]);
});

describe("an error", () => {
	test("is thrown into each, and comes out", async () => {
		const lines: string[] = [];
		const stack = new ExitStack(1_000);
		await entered(stack, "a", recordedLater("a", lines));
		await entered(stack, "b", recorded("b", lines));
		const error = new Error("no luck");
		await assert.rejects(left(stack, error), (out) => out === error);
		assert.deepEqual(lines, ["b hears no luck", "a hears no luck"]);
	});

	test("of a clean-up is told to those around it", async () => {
		const lines: string[] = [];
		const stack = new ExitStack(1_000);
		await entered(stack, "a", recorded("a", lines));
		await entered(
			stack,
			"b",
			(function* () {
				yield 1;
				throw new Error("commit failed");
			})(),
		);
		await assert.rejects(left(stack), /commit failed/);
		assert.deepEqual(lines, ["a hears commit failed"]);
	});

	test("that is not thrown again is told as the cause; that of a status may be", async () => {
		const swallow = () =>
			(function* () {
				try {
					yield 1;
				} catch {}
			})();
		const stack = new ExitStack(0);
		await entered(stack, "quiet", swallow());
		const cause = new Error("lost");
		await assert.rejects(
			left(stack, cause),
			(error: Error) =>
				/"quiet" caught an error/.test(error.message) && error.cause === cause,
		);
		await entered(stack, "quiet", swallow());
		const status = new ErrorStatus(404);
		await assert.rejects(left(stack, status), (error) => error === status);
	});
});

describe("what is no dependency's generator", () => {
	test("ends without a yield", () => {
		const empty = (function* (): Generator<number> {})();
		assert.throws(
			() => new ExitStack(0).enter("empty", empty, [], 0),
			/"empty" ended without yielding a value/,
		);
	});

	test("yields a second time, and is closed", async () => {
		const lines: string[] = [];
		const stack = new ExitStack(0);
		const twice = (function* () {
			try {
				yield 1;
				yield 2;
			} finally {
				lines.push("closed");
			}
		})();
		await entered(stack, "twice", twice);
		await assert.rejects(left(stack), /"twice" yielded a second/);
		assert.deepEqual(lines, ["closed"]);
	});

	test("yields a second time later, and the others hear of it", async () => {
		const lines: string[] = [];
		const stack = new ExitStack(1_000);
		const twice = (async function* () {
			try {
				yield 1;
				yield 2;
			} finally {
				lines.push("closed");
			}
		})();
		await entered(stack, "outer", recordedLater("outer", lines));
		await entered(stack, "twice", twice);
		await assert.rejects(left(stack), /"twice" yielded a second/);
		assert.equal(lines[0], "closed");
		assert.match(lines.join(), /outer hears dependency "twice" yielded/);
	});

	test("was entered before", async () => {
		const stack = new ExitStack(0);
		const only = recorded("only", []);
		await entered(stack, "only", only);
		assert.throws(
			() => new ExitStack(0).enter("only", only, [], 0),
			/"only" gave a generator that was entered before/,
		);
		await left(stack);
	});
});

test("a clean-up that takes too long is left behind, and each has the whole time", async () => {
	const lines: string[] = [];
	const stack = new ExitStack(5);
	const { promise: later, resolve } = Promise.withResolvers<void>();
	const stuck = () =>
		(async function* () {
			try {
				yield 1;
			} finally {
				await later;
				lines.push("stuck is over");
			}
		})();
	await entered(stack, "outer", recordedLater("outer", lines));
	await entered(stack, "stuck", stuck());
	await entered(stack, "also stuck", stuck());
	await assert.rejects(
		left(stack),
		/"stuck" took longer than 5 ms to clean up; it was left behind/,
	);
	assert.match(lines.join(), /outer hears dependency "stuck" took longer/);
	resolve();
	await left(stack); // nothing is left a second time when they end after all
	const heard = lines.filter((line) => line !== "stuck is over");
	assert.equal(heard.length, 1);
});

test("a clean-up runs in the async context that the set-up entered, whoever leaves", async () => {
	const storage = new AsyncLocalStorage<string>();
	const lines: unknown[] = [];
	const stack = new ExitStack(1_000);
	const seen = (name: string) =>
		function* () {
			storage.enterWith(name);
			yield name;
			lines.push(storage.getStore());
		};
	const inner = seen("inner");
	await storage.run("caller", async () => {
		await entered(stack, "outer", seen("outer")());
		await entered(
			stack,
			"inner",
			(async function* () {
				yield* inner();
			})(),
		);
	});
	await storage.run("elsewhere", () => left(stack));
	assert.deepEqual(lines, ["inner", "outer"]);
});
