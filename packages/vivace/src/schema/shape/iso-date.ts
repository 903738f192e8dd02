import { isFault } from "./fault.ts";
import { isMidnight, isShorter, readClock } from "./iso-time.ts";

const dateTimeText =
	/^(\d{4}-\d\d-\d\d)(?:[Tt _](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:[Zz]|[+\-\u2212]\d\d:?\d\d)?))?$/;
const timestampText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/**
 * The moment that an ISO 8601 text (RFC 3339, seconds and zone optional) or a Unix time names, as Pydantic reads it.
 * A text without a zone is taken as UTC: what a text means must not depend on the machine.
 *
 * @returns `undefined` for everything else
 */
export function readDate(text: string): Date | undefined {
	const match = dateTimeText.exec(text);
	if (match === null) {
		return timestampText.test(text)
			? dateFromTimestamp(Number(text))
			: undefined;
	}
	const [, day = "", clockText] = match;
	if (dateProblem(text) !== undefined || isYearZero(text)) {
		return undefined;
	}
	if (clockText === undefined) {
		return new Date(`${day}T00:00:00Z`);
	}
	// a clock with 24 hours or 60 seconds is refused
	const clock = readClock(clockText);
	if (isFault(clock)) {
		return undefined;
	}
	// digits beyond milliseconds are cut
	return new Date(`${day}T${clock.time.slice(0, 12)}${clock.zone || "Z"}`);
}

/** The moment of a Unix time: in seconds, or, from 20,000,000,000 on, in milliseconds, as Pydantic takes it. */
export function dateFromTimestamp(timestamp: number): Date | undefined {
	return timestampProblem(timestamp) === undefined
		? new Date(milliseconds(timestamp))
		: undefined;
}

function milliseconds(timestamp: number): number {
	const isMilliseconds = Math.abs(timestamp) > 2e10;
	return isMilliseconds ? timestamp : timestamp * 1000;
}

const yearZero = Date.parse("0000-01-01T00:00:00Z");
const yearOne = Date.parse("0001-01-01T00:00:00Z");
const year10000 = Date.UTC(10_000, 0, 1);

/** Why a Unix time is no moment, in Pydantic's words; `undefined` if it is one. */
export function timestampProblem(timestamp: number): string | undefined {
	const moment = milliseconds(timestamp);
	if (moment >= year10000) {
		return "dates after 9999 are not supported as unix timestamps";
	}
	if (moment < yearZero) {
		return "dates before 0000 are not supported as unix timestamps";
	}
	if (Number.isNaN(moment)) {
		return "NaN values not permitted";
	}
	return moment < yearOne ? yearZeroProblem : undefined;
}

/** Why a text that is a Unix time is no moment; `undefined` where it is one, or is no Unix time. */
export function timestampTextProblem(text: string): string | undefined {
	return timestampText.test(text) ? timestampProblem(Number(text)) : undefined;
}

/** Of a date that is right but for its year: Python has none before the year 1. */
export const yearZeroProblem = "year 0 is out of range";

/** Tells whether a text begins with the year 0, which is the one thing wrong with it. */
export function isYearZero(text: string): boolean {
	return text.startsWith("0000-") && dateProblem(text) === undefined;
}

/**
 * The day that a text names, `YYYY-MM-DD`. As in Pydantic the text may have a time, which has to be midnight, or be a Unix time.
 *
 * @returns `undefined` for everything else
 */
export function readDay(text: string): string | undefined {
	if (dateTimeText.test(text)) {
		const isDay =
			readDate(text) !== undefined &&
			(text.length === 10 || isMidnight(text.slice(11)));
		return isDay ? text.slice(0, 10) : undefined;
	}
	return timestampText.test(text) ? dayFromTimestamp(Number(text)) : undefined;
}

/** The day that begins at a Unix time; `undefined` where none does. */
export function dayFromTimestamp(timestamp: number): string | undefined {
	const date = dateFromTimestamp(timestamp);
	return date !== undefined && date.getTime() % 86_400_000 === 0
		? date.toISOString().slice(0, 10)
		: undefined;
}

/** The fault of the date at the beginning of a text, in Pydantic's words; `undefined` if there is none. */
export function dateProblem(text: string): string | undefined {
	if (isShorter(text, 10)) {
		return "input is too short";
	}
	if (!/^\d{4}/.test(text)) {
		return "invalid character in year";
	}
	if (text[4] !== "-") {
		return "invalid date separator, expected `-`";
	}
	if (!/^\d\d/.test(text.slice(5))) {
		return "invalid character in month";
	}
	if (text[7] !== "-") {
		return "invalid date separator, expected `-`";
	}
	if (!/^\d\d/.test(text.slice(8))) {
		return "invalid character in day";
	}
	const month = Number(text.slice(5, 7));
	if (month < 1 || month > 12) {
		return "month value is outside expected range of 1-12";
	}
	const day = Number(text.slice(8, 10));
	if (day < 1 || day > daysIn(Number(text.slice(0, 4)), month)) {
		return "day value is outside expected range";
	}
	return undefined;
}

function daysIn(year: number, month: number): number {
	return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
