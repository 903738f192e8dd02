import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, dependency, Router, SetupError } from "../../src/index.ts";

/** The place where the stack of what is thrown begins. */
function firstPlace(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		assert.ok(error instanceof SetupError);
		const [head, first = ""] = (error.stack ?? "").split("\n");
		assert.equal(head, `${error.constructor.name}: ${error.message}`);
		return first;
	}
	throw new Error("nothing was thrown");
}

const handler = () => null;

/** As deep as the framework is when it finds them. */
const mistakes: Readonly<Record<string, () => unknown>> = {
	"a parameter of a path operation": () =>
		new App().get("/", { a: (() => 1) as never }, handler),
	"a parameter deep below dependencies": () => {
		let inner = dependency({ a: z.string as never }, handler);
		for (let depth = 0; depth < 5; depth++) {
			inner = dependency({ inner }, handler) as typeof inner;
		}
		new App().get("/", { inner }, handler);
	},
	"an option": () => new Router({ nonsense: 1 } as never),
	"a path": () => new App().get("items", handler),
	"a lifespan": () => new App({ lifespan: 5 as never }),
};

for (const [what, work] of Object.entries(mistakes)) {
	test(`the stack of ${what} begins at the program's line`, () => {
		assert.match(firstPlace(work), /setup-error\.test\.ts:\d+/);
	});
}

test("what nobody of the program called keeps its stack", () => {
	const limit = Error.stackTraceLimit;
	assert.match(
		new SetupError("VIV_OPTION", "x").stack ?? "",
		/^SetupError: VIV_OPTION: x\n/,
	);
	assert.equal(Error.stackTraceLimit, limit);
});
