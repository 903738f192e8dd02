import assert from "node:assert/strict";
import { test } from "node:test";
import { offsetText, zuluText } from "../../src/json/date-text.ts";

test("a moment is written in UTC, with microseconds only where there are any", () => {
	const moments: readonly (readonly [string, string])[] = [
		["2018-12-22T16:00:00+02:00", "2018-12-22T14:00:00"],
		["2018-12-22T14:00:00.123Z", "2018-12-22T14:00:00.123000"],
		["0987-01-02T03:04:05.006Z", "0987-01-02T03:04:05.006000"],
		["+012345-01-02T03:04:05.006Z", "+012345-01-02T03:04:05.006"],
	];
	for (const [moment, text] of moments) {
		assert.equal(zuluText(new Date(moment)), `${text}Z`);
		assert.equal(offsetText(new Date(moment)), `${text}+00:00`);
	}
});
