import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { changesSince, processState } from "../scripts/process-state.ts";
import { findTestFiles, paceOf, type TestPace } from "../scripts/test-files.ts";
import { root } from "./source-files.ts";

const files = findTestFiles([join(root, "{packages,apps}/*"), root], []);

const known: readonly (readonly [name: string, pace: TestPace])[] = [
	["route-table", "together"],
	["shutdown", "together"],
	["process", "slow"],
	["dev", "slow"], // a file it imports does
	["docs-in-browser", "slow"],
	["service", "slow"],
	["set-cookie", "together"],
	["request-path", "alone"], // counts functions
	["fuzz", "alone"],
	["hygiene", "together"],
];

for (const [name, pace] of known) {
	test(`${name} runs ${pace}`, () => {
		const file = files.find((path) => path.endsWith(`/${name}.test.ts`));
		assert.ok(file);
		assert.equal(paceOf(file.slice(root.length + 1)), pace);
	});
}

test("most of the package's tests are fast", () => {
	const paces = files.map((path) => paceOf(path.slice(root.length + 1)));
	const slow = paces.filter((pace) => pace === "slow");
	assert.ok(slow.length < paces.length / 2, `${slow.length}/${paces.length}`);
});

test("it is told by name how a test file has left its process changed", (context) => {
	const before = processState();
	assert.deepEqual(changesSince(before), []);
	const listener = () => {};
	process.env.VIVACE_LEFT_BEHIND = "1";
	process.on("SIGUSR2", listener);
	context.mock.method(console, "warn", () => {});
	context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
	try {
		assert.deepEqual(changesSince(before).sort(), [
			"Date",
			"clearTimeout",
			"console.warn",
			"process.env.VIVACE_LEFT_BEHIND",
			'process.listenerCount("SIGUSR2")',
			"setTimeout",
		]);
	} finally {
		delete process.env.VIVACE_LEFT_BEHIND;
		process.off("SIGUSR2", listener);
		context.mock.reset();
		context.mock.timers.reset();
	}
	assert.deepEqual(changesSince(before), []);
});
