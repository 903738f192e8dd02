import assert from "node:assert/strict";
import { test } from "node:test";
import { tooOld } from "../../src/errors/oldest-runtime.ts";

test("a runtime that lacks what Node 24 has is told which it needs", () => {
	assert.equal(tooOld(RegExp), undefined);
	assert.equal(
		tooOld({}, { version: "v22.1.0" }),
		"Vivace needs Node 24 or later; this is v22.1.0.",
	);
	assert.equal(tooOld({}), "Vivace needs Node 24 or later.");
});
