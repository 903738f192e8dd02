import assert from "node:assert/strict";
import { test } from "node:test";
import { tooOld } from "../../src/errors/oldest-runtime.ts";

test("a runtime that lacks what Node 24.5 has is told which it needs", () => {
	assert.equal(tooOld(RegExp), undefined);
	assert.equal(
		tooOld({}, { version: "v22.1.0" }),
		"Vivace needs Node 24.5 or later; this is v22.1.0.",
	);
	assert.equal(tooOld({}), "Vivace needs Node 24.5 or later.");
});

test("a Node that does not dispose of what functions refer to is too old, whatever else calls itself so is not", () => {
	for (const version of ["v24.0.0", "v24.4.1"]) {
		assert.equal(
			tooOld(RegExp, { version }),
			`Vivace needs Node 24.5 or later; this is ${version}.`,
		);
	}
	for (const version of ["v24.5.0", "v24.40.0", "v26.0.0", "v240.1.0"]) {
		assert.equal(tooOld(RegExp, { version }), undefined, version);
	}
	const version = "v24.3.0";
	assert.equal(tooOld(RegExp, { version, versions: { bun: "1" } }), undefined);
	assert.equal(tooOld(RegExp, { version, versions: { deno: "2" } }), undefined);
});
