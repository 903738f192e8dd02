import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { LifespanError } from "../../src/exceptions.ts";
import { resolveLimits } from "../../src/http/limits.ts";
import { Depends, dependency } from "../../src/index.ts";
import { absentRequest } from "../../src/inject/absent-request.ts";
import { type Cell, empty } from "../../src/inject/cell.ts";
import type { Declarations } from "../../src/inject/declaration.ts";
import type { InjectedFunction } from "../../src/inject/dependency.ts";
import { buildGraph } from "../../src/inject/graph.ts";
import { compilePlan, type Ending } from "../../src/inject/plan.ts";
import { Run } from "../../src/inject/run.ts";

const away: Cell = {
	value: empty,
	whyEmpty: () => new LifespanError("not acquired"),
};

/** A plan without a request, as `app.scope()` has it. */
function planOf(params: Declarations, cellOf: () => Cell = () => away) {
	const graph = buildGraph({
		where: "a plan",
		params,
		dependencies: [],
		pathNames: [],
		isPathOpen: true,
	});
	return compilePlan(graph, {
		cellOf,
		isWithoutRequest: true,
		strict: false,
		strictContentType: true,
		errorInput: true,
		limits: resolveLimits(undefined),
	});
}

function runOf(work: InjectedFunction): Run {
	const { signal } = new AbortController();
	const run = new Run(absentRequest("a plan", signal), 0);
	run.work = work;
	return run;
}

/** Tells what came to the ending: the result as it was given, or the error. */
const told: Ending<Run, { result?: unknown; error?: unknown }> = {
	complete: (_, result) => ({ result }),
	fail: (_, error) => ({ error }),
};

describe("a plan", () => {
	test("stays synchronous until something must be waited for", async () => {
		const now = dependency(() => 1);
		const later = dependency(async () => {
			await undefined;
			return 2;
		});
		const plan = planOf({ now });
		assert.deepEqual(
			plan.run(
				runOf(({ now }: { now: number }) => now),
				told,
			),
			{ result: 1 },
		);
		const waiting = planOf({ now, later }).run(
			runOf((values) => values),
			told,
		);
		assert.ok(waiting instanceof Promise);
		assert.deepEqual(await waiting, { result: { now: 1, later: 2 } });
	});

	test("is run as often as asked, each run with values of its own", () => {
		let count = 0;
		const counter = dependency(() => ++count);
		const plan = planOf({ counter, again: counter });
		const work = (values: unknown) => values;
		assert.deepEqual(
			[plan.run(runOf(work), told), plan.run(runOf(work), told)],
			[
				{ result: { counter: 1, again: 1 } },
				{ result: { counter: 2, again: 2 } },
			],
		);
	});

	test("gives to its ending what is thrown, at once or later, and never throws", async () => {
		const error = new Error("no luck");
		const fails = dependency(() => {
			throw error;
		});
		const failsLater = dependency(async () => {
			throw error;
		});
		for (const params of [{ fails }, { failsLater }]) {
			assert.deepEqual(
				await planOf(params).run(
					runOf(() => 1),
					told,
				),
				{
					error,
				},
			);
		}
		const thrown = () => {
			throw error;
		};
		assert.deepEqual(await planOf({}).run(runOf(thrown), told), { error });
	});

	test("says when nothing of a run is needed", () => {
		assert.equal(planOf({}).isEmpty, true);
		assert.equal(planOf({ a: dependency(() => 1) }).isEmpty, false);
	});

	test("makes what a use does not share once more", () => {
		let count = 0;
		const counter = dependency(() => ++count);
		const fresh = Depends(counter, { useCache: false });
		assert.deepEqual(
			planOf({ counter, fresh }).run(
				runOf((values) => values),
				told,
			),
			{ result: { counter: 1, fresh: 2 } },
		);
	});
});

test("an app-scoped value is bound once and read from its cell: undefined is a value, empty is an error", () => {
	let asked = 0;
	const cell: { value: unknown; readonly whyEmpty: () => Error } = {
		...away,
	};
	const pool = dependency(() => "never called", { scope: "app" });
	const plan = planOf({ pool }, () => {
		asked++;
		return cell;
	});
	const read = () =>
		plan.run(
			runOf(({ pool }: { pool: unknown }) => [pool]),
			told,
		);
	const { error } = read() as { error: Error };
	assert.match(error.message, /not acquired/);
	for (const value of [undefined, "pool", "another"]) {
		cell.value = value;
		assert.deepEqual(read(), { result: [value] });
	}
	assert.equal(asked, 1);
});

test("a dependency with a wrong asynchronous parameter is not made, others are, whoever failed before", async () => {
	const even = z
		.int()
		.default(2)
		.refine(async (value) => value % 2 === 0);
	const lines: string[] = [];
	const first = dependency({ even }, async ({ even }) =>
		lines.push(`first ${even}`),
	);
	const plan = planOf({ first, even });
	const { result } = await plan.run(
		runOf(({ even }: { even: number }) => even),
		told,
	);
	assert.equal(result, 2);
	assert.deepEqual(lines, ["first 2"]);
});
