import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzTargets } from "../scripts/fuzz/targets.ts";
import { describeFinding, enterOwnFolder, fuzz } from "../scripts/fuzz.ts";

test("no request is answered with 5xx or not at all, by chat-history or an example", async () => {
	// the examples' files are written beside nothing of ours
	await using _folder = await enterOwnFolder();
	const { sent, findings } = await fuzz(fuzzTargets(), 1000, 3);
	assert.equal(findings.map(describeFinding).join("\n"), "");
	assert.ok(sent >= 1000);
});
