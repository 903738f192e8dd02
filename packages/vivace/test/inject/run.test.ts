import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { absentRequest } from "../../src/inject/absent-request.ts";
import { Run } from "../../src/inject/run.ts";

/** A run with one generator in each scope and a task, and what happens to them. */
function entered({ fails }: { readonly fails?: string } = {}) {
	const lines: string[] = [];
	const run = new Run(absentRequest("a run", new AbortController().signal), 0);
	function* recorded(name: string) {
		try {
			yield name;
			lines.push(`${name} leaves`);
		} catch (error) {
			lines.push(`${name} hears ${(error as Error).message}`);
			throw error;
		}
		if (name === fails) {
			throw new Error(`${name} fails`);
		}
	}
	run.requestExits.enter("request", recorded("request"), run.values, 1);
	run.functionExits.enter("function", recorded("function"), run.values, 2);
	run.afterSent(() => {
		lines.push("task");
		if (fails === "task") {
			throw new Error("task fails");
		}
	});
	return { run, lines };
}

describe("a run", () => {
	test("leaves function scope, then tasks, then request scope", async () => {
		const { run, lines } = entered();
		await run.leave();
		assert.deepEqual(lines, ["function leaves", "task", "request leaves"]);
	});

	test("that fails tells everybody, and has no tasks", async () => {
		const { run, lines } = entered();
		await assert.rejects(run.fail(new Error("no luck")), /^Error: no luck$/);
		assert.deepEqual(lines, [
			"function hears no luck",
			"request hears no luck",
		]);
	});

	test("tells request scope what came out of function scope", async () => {
		const { run, lines } = entered({ fails: "function" });
		await assert.rejects(run.leave(), /function fails/);
		assert.deepEqual(lines, [
			"function leaves",
			"request hears function fails",
		]);
	});

	test("tells request scope of a task that failed", async () => {
		const { run, lines } = entered({ fails: "task" });
		await assert.rejects(run.leave(), /task fails/);
		assert.deepEqual(lines, [
			"function leaves",
			"task",
			"request hears task fails",
		]);
	});

	test("that ends with a known error does not tell it again", async () => {
		const { run, lines } = entered();
		await run.end({ error: new Error("client gone") });
		assert.deepEqual(lines, [
			"function hears client gone",
			"task",
			"request hears client gone",
		]);
	});

	test("knows what there is to leave", async () => {
		const { run } = entered();
		assert.ok(run.hasFunctionExits && run.hasRequestExits);
		const bare = new Run(absentRequest("x", new AbortController().signal), 0);
		assert.ok(!bare.hasFunctionExits && !bare.hasRequestExits);
		await bare.leave();
	});
});
