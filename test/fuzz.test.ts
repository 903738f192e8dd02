import assert from "node:assert/strict";
import { test } from "node:test";
import { rounds } from "../packages/vivace/test/support/rounds.ts";
import { fuzzTargets } from "../scripts/fuzz/targets.ts";
import { describeFinding, enterOwnFolder, fuzz } from "../scripts/fuzz.ts";

test("no request is answered with 5xx or not at all, by chat-history or an example", async () => {
	// the examples' files are written beside nothing of ours
	await using _folder = await enterOwnFolder();
	const requests = rounds(1000);
	const { sent, findings } = await fuzz(fuzzTargets(), requests, 3);
	assert.equal(findings.map(describeFinding).join("\n"), "");
	assert.ok(sent >= requests);
});
