import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import { ErrorStatus, ExitStack, kept } from "../../src/inject/exit-stack.ts";

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

test("what a generator yields stands in its slot, at once or when its promise says so", async () => {
	const stack = new ExitStack(0);
	const values: unknown[] = [];
	assert.equal(stack.enter("a", recorded("a", []), values, 1), undefined);
	assert.equal(values[1], "a");
	assert.equal(await stack.enter("b", recordedLater("b", []), values, 2), kept);
	assert.equal(values[2], "b");
});

test("generators are left in reverse order, each once", async () => {
	const lines: string[] = [];
	const stack = new ExitStack(1_000);
	await stack.enter("a", recorded("a", lines), [], 0);
	await stack.enter("b", recordedLater("b", lines), [], 0);
	await stack.enter("c", recorded("c", lines), [], 0);
	await stack.leave(undefined);
	await stack.leave(undefined);
	assert.deepEqual(lines, ["c leaves", "b leaves", "a leaves"]);
});

describe("an error", () => {
	test("is thrown into each, and comes out", async () => {
		const lines: string[] = [];
		const stack = new ExitStack(1_000);
		await stack.enter("a", recordedLater("a", lines), [], 0);
		await stack.enter("b", recorded("b", lines), [], 0);
		const error = new Error("no luck");
		await assert.rejects(stack.leave({ error }), (out) => out === error);
		assert.deepEqual(lines, ["b hears no luck", "a hears no luck"]);
	});

	test("of a clean-up is told to those around it", async () => {
		const lines: string[] = [];
		const stack = new ExitStack(1_000);
		await stack.enter("a", recorded("a", lines), [], 0);
		await stack.enter(
			"b",
			(function* () {
				yield 1;
				throw new Error("commit failed");
			})(),
			[],
			0,
		);
		await assert.rejects(stack.leave(undefined), /commit failed/);
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
		stack.enter("quiet", swallow(), [], 0);
		const cause = new Error("lost");
		await assert.rejects(
			stack.leave({ error: cause }),
			(error: Error) =>
				/"quiet" caught an error/.test(error.message) && error.cause === cause,
		);
		stack.enter("quiet", swallow(), [], 0);
		const status = new ErrorStatus(404);
		await assert.rejects(
			stack.leave({ error: status }),
			(error) => error === status,
		);
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
		stack.enter("twice", twice, [], 0);
		await assert.rejects(stack.leave(undefined), /"twice" yielded a second/);
		assert.deepEqual(lines, ["closed"]);
	});

	test("was entered before", async () => {
		const stack = new ExitStack(0);
		const only = recorded("only", []);
		stack.enter("only", only, [], 0);
		assert.throws(
			() => new ExitStack(0).enter("only", only, [], 0),
			/"only" gave a generator that was entered before/,
		);
		await stack.leave(undefined);
	});
});

test("a clean-up that takes too long is left behind, and each has the whole time", async () => {
	const lines: string[] = [];
	const stack = new ExitStack(5);
	const { promise: never } = Promise.withResolvers<void>();
	const stuck = () =>
		(async function* () {
			try {
				yield 1;
			} finally {
				await never;
			}
		})();
	await stack.enter("outer", recordedLater("outer", lines), [], 0);
	await stack.enter("stuck", stuck(), [], 0);
	await stack.enter("also stuck", stuck(), [], 0);
	await assert.rejects(
		stack.leave(undefined),
		/"stuck" took longer than 5 ms to clean up; it was left behind/,
	);
	assert.match(lines.join(), /outer hears dependency "stuck" took longer/);
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
		stack.enter("outer", seen("outer")(), [], 0);
		await stack.enter(
			"inner",
			(async function* () {
				yield* inner();
			})(),
			[],
			0,
		);
	});
	await storage.run("elsewhere", () => stack.leave(undefined));
	assert.deepEqual(lines, ["inner", "outer"]);
});
