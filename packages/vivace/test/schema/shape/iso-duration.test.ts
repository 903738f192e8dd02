import assert from "node:assert/strict";
import { test } from "node:test";
import {
	durationFromSeconds,
	readDuration,
} from "../../../src/schema/shape/iso-duration.ts";

// as Pydantic 2.14 reads and writes them
const durations: readonly [text: string, iso: string][] = [
	["PT1H", "PT1H"],
	["P1DT2H3M4.5S", "P1DT2H3M4.5S"],
	["-P1D", "-P1D"],
	["+P1D", "P1D"],
	["-PT0S", "PT0S"],
	["P1W1D", "P8D"],
	["P0.1Y", "P36DT12H"],
	["PT1,5S", "PT1.5S"],
	["PT1.1M", "PT1M6S"],
	["PT1H1H", "PT2H"],
	["P1.D", "P1D"],
	["PT0.0000001S", "PT0S"],
	["1 day", "P1D"],
	["1d", "P1D"],
	["1 DAYS", "P1D"],
	["1 day, 10:00:00", "P1DT10H"],
	["1d,10:00", "P1DT10H"],
	["-1 day 10:00", "-P1DT10H"],
	["10:00", "PT10H"],
	["1:00:00", "PT1H"],
	["100:00:00", "P4DT4H"],
	["00:00:01.9999999", "PT1.999999S"],
];

test("a length of time is read in all of Pydantic's forms", () => {
	for (const [text, iso] of durations) {
		assert.equal(readDuration(text), iso, text);
	}
	assert.equal(durationFromSeconds(3600), "PT1H");
	assert.equal(durationFromSeconds(-0.5), "-PT0.5S");
	assert.equal(durationFromSeconds(1e-7), "PT0S");
});

const faults: readonly [text: string, fault: string][] = [
	["", "input is too short"],
	["PT", "input is too short"],
	["1 dayz", "input is too short"],
	["1", '"day" identifier in duration not correctly formatted'],
	["3600.5", "invalid character in hour"],
	["p1d", "invalid digit in duration"],
	["P1H", "quantity invalid in date part of duration"],
	["PT1D", "quantity invalid in time part of duration"],
	["PTT1H", "`t` character repeated in duration"],
	["PT1.5H30M", "quantity fraction invalid in duration"],
	["P4294967296D", "a numeric value in the duration is too large"],
	["1000000000d", "durations may not exceed 999,999,999 days"],
	["1d 24:00:00", "durations may not exceed 999,999,999 hours"],
	["00:60:00", "minute value is outside expected range of 0-59"],
	["10:00:00Z", "unexpected extra characters at the end of the input"],
];

test("what is no length of time is refused in Pydantic's words", () => {
	for (const [text, fault] of faults) {
		assert.deepEqual(readDuration(text), { fault }, text);
	}
});
