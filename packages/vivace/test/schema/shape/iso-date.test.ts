import assert from "node:assert/strict";
import { test } from "node:test";
import { dateProblem, readDate } from "../../../src/schema/shape/iso-date.ts";
import { clockFault } from "../../../src/schema/shape/iso-time.ts";

const moments: readonly [string, string | undefined][] = [
	["2018-12-22T14:00:00Z", "2018-12-22T14:00:00.000Z"],
	["2018-12-22T14:00:00z", "2018-12-22T14:00:00.000Z"],
	["2018-12-22T14:00:00+02:00", "2018-12-22T12:00:00.000Z"],
	["2018-12-22T14:00:00+0200", "2018-12-22T12:00:00.000Z"],
	["2018-12-22T14:00:00.5-01:30", "2018-12-22T15:30:00.500Z"],
	["2018-12-22T14:00:00.123456789Z", "2018-12-22T14:00:00.123Z"],
	["2018-12-22T14:00:00,5Z", "2018-12-22T14:00:00.500Z"],
	["2018-12-22 14:00", "2018-12-22T14:00:00.000Z"],
	["2018-12-22_14:00:00", "2018-12-22T14:00:00.000Z"],
	["2018-12-22", "2018-12-22T00:00:00.000Z"],
	["1494012444", "2017-05-05T19:27:24.000Z"],
	["1494012444.5", "2017-05-05T19:27:24.500Z"],
	["1494012444000", "2017-05-05T19:27:24.000Z"],
	["-1", "1969-12-31T23:59:59.000Z"],
	["2016-02-29", "2016-02-29T00:00:00.000Z"],
	["2018-02-29", undefined],
	["2018-13-22", undefined],
	["2018-12-22T25:00:00Z", undefined],
	["2018-12-22T24:00:00Z", undefined],
	["2018-12-22T14:00:60Z", undefined],
	["2018-12-22T14", undefined],
	["2018-12-22T14:00Z ", undefined],
	["2018-2-2", undefined],
	["20181222T140000Z", undefined],
	["", undefined],
];

for (const [text, moment] of moments) {
	test(`${JSON.stringify(text)} reads as ${moment}`, () => {
		assert.equal(readDate(text)?.toISOString(), moment);
	});
}

const dateProblems: readonly [string, string | undefined][] = [
	["2018-12-22", undefined],
	["x", "input is too short"],
	["201a-12-22", "invalid character in year"],
	["2018/12/22", "invalid date separator, expected `-`"],
	["2018-1a-22", "invalid character in month"],
	["2018-12-2a", "invalid character in day"],
	["2018-13-01", "month value is outside expected range of 1-12"],
	["2018-02-30", "day value is outside expected range"],
];

for (const [text, problem] of dateProblems) {
	test(`the problem with the date ${text}: ${problem}`, () => {
		assert.equal(dateProblem(text), problem);
	});
}

const clockFaults: readonly [string, string | undefined][] = [
	["14:00", undefined],
	["14:0", "input is too short"],
	["ab:00", "invalid character in hour"],
	["14x00", "invalid time separator, expected `:`"],
	["25:00:00", "hour value is outside expected range of 0-23"],
	["14:60", "minute value is outside expected range of 0-59"],
	["14:00:61", "second value is outside expected range of 0-59"],
	["14:00:0", "invalid character in second"],
];

for (const [text, problem] of clockFaults) {
	test(`the problem with the time ${text}: ${problem}`, () => {
		assert.equal(clockFault(text), problem);
	});
}
