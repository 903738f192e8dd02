const dateTimeText =
	/^(\d{4}-\d\d-\d\d)(?:[Tt _](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-]\d\d):?(\d\d))?)?$/;
const timestampText = /^-?\d+(?:\.\d+)?$/;

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
	if (dateProblem(text) !== undefined) {
		return undefined;
	}
	const [, day, clock, second = "00", fraction = "0", , hours, minutes] = match;
	if (clock === undefined) {
		return new Date(`${day}T00:00:00Z`);
	}
	// a clock with 24 hours or 60 seconds is refused
	if (timeProblem(`${clock}:${second}`) !== undefined) {
		return undefined;
	}
	const zone = hours === undefined ? "Z" : `${hours}:${minutes}`;
	const date = new Date(
		`${day}T${clock}:${second}.${fraction.slice(0, 3)}${zone}`,
	);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The moment of a Unix time: in seconds, or, from 20,000,000,000 on, in milliseconds, as Pydantic takes it. */
export function dateFromTimestamp(timestamp: number): Date | undefined {
	const isMilliseconds = Math.abs(timestamp) > 2e10;
	const date = new Date(isMilliseconds ? timestamp : timestamp * 1000);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The fault of the date at the beginning of a text, in Pydantic's words; `undefined` if there is none. */
export function dateProblem(text: string): string | undefined {
	if (text.length < 10) {
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

/** The fault of a time of day, in Pydantic's words; `undefined` if there is none. */
export function timeProblem(text: string): string | undefined {
	if (text.length < 5) {
		return "input is too short";
	}
	if (!/^\d\d/.test(text)) {
		return "invalid character in hour";
	}
	if (text[2] !== ":") {
		return "invalid time separator, expected `:`";
	}
	if (!/^\d\d/.test(text.slice(3))) {
		return "invalid character in minute";
	}
	if (Number(text.slice(0, 2)) > 23) {
		return "hour value is outside expected range of 0-23";
	}
	if (Number(text.slice(3, 5)) > 59) {
		return "minute value is outside expected range of 0-59";
	}
	if (text[5] !== ":") {
		return undefined;
	}
	if (!/^\d\d/.test(text.slice(6))) {
		return "invalid character in second";
	}
	if (Number(text.slice(6, 8)) > 59) {
		return "second value is outside expected range of 0-59";
	}
	return undefined;
}
