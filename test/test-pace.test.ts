import assert from "node:assert/strict";
import { test } from "node:test";
import { findTestFiles, paceOf, type TestPace } from "../scripts/test-files.ts";

const known: readonly (readonly [file: string, pace: TestPace])[] = [
	["packages/vivace/test/routing/route-table.test.ts", "together"],
	["packages/vivace/test/server/shutdown.test.ts", "together"],
	["packages/vivace/test/server/process.test.ts", "slow"],
	["packages/vivace/test/cli/dev.test.ts", "slow"], // a file it imports does
	["packages/vivace/test/docs/docs-in-browser.test.ts", "slow"],
	["apps/chat-history/test/service.test.ts", "slow"],
	["examples/fastapi/test/events.test.ts", "alone"], // in a folder of its own
	["test/hygiene.test.ts", "alone"],
];

for (const [file, pace] of known) {
	test(`${file} runs ${pace}`, () => {
		assert.equal(paceOf(file), pace);
	});
}

test("most of the package's tests are fast", () => {
	const paces = findTestFiles(["packages/*"], []).map(paceOf);
	const slow = paces.filter((pace) => pace === "slow");
	assert.ok(slow.length < paces.length / 2, `${slow.length}/${paces.length}`);
});
