import { isFault } from "../shape/fault.ts";
import {
	dateFromTimestamp,
	dateProblem,
	isYearZero,
	readDate,
	timestampProblem,
	timestampTextProblem,
	yearZeroProblem,
} from "../shape/iso-date.ts";
import { durationFromSeconds, readDuration } from "../shape/iso-duration.ts";
import {
	clockFault,
	clockFromSeconds,
	extraCharacters,
} from "../shape/iso-time.ts";
import type { ErrorWords } from "./error-words.ts";

/** The error for a text that can't be read, and why. */
export function parsingError(
	type: string,
	what: string,
	error: string,
): ErrorWords {
	return { type, msg: `Input should be ${what}, ${error}`, ctx: { error } };
}

const dateTimeError = (error: string): ErrorWords =>
	parsingError("datetime_parsing", "a valid datetime", error);

const dateError = (error: string): ErrorWords =>
	error === yearZeroProblem
		? parsingError(
				"date_parsing",
				"a valid date in the format YYYY-MM-DD",
				error,
			)
		: parsingError(
				"date_from_datetime_parsing",
				"a valid date or datetime",
				error,
			);

const timeError = (error: string): ErrorWords =>
	parsingError("time_parsing", "in a valid time format", error);

const durationError = (error: string): ErrorWords =>
	parsingError("time_delta_parsing", "a valid timedelta", error);

/** The error for a text that is no date and time. */
export function dateTimeTextError(text: string): ErrorWords {
	const unix = timestampTextProblem(text);
	if (unix === yearZeroProblem || isYearZero(text)) {
		return dateTimeError(yearZeroProblem);
	}
	return parsingError(
		"datetime_from_date_parsing",
		"a valid datetime or date",
		unix ?? dateProblem(text) ?? extraCharacters,
	);
}

/** The error for a number that is no Unix time. */
export function dateTimeNumberError(value: number): ErrorWords {
	return dateTimeError(timestampProblem(value) ?? extraCharacters);
}

/** The error for a text that is no day. */
export function dateTextError(text: string): ErrorWords {
	if (readDate(text) !== undefined) {
		return inexact;
	}
	const unix = timestampTextProblem(text);
	if (unix !== undefined || isYearZero(text)) {
		return dateError(unix ?? yearZeroProblem);
	}
	const clock = /[Tt _]/.test(text[10] ?? "")
		? clockFault(text.slice(11))
		: "invalid datetime separator, expected `T`, `t`, `_` or space";
	return dateError(dateProblem(text) ?? clock ?? extraCharacters);
}

const inexact: ErrorWords = {
	type: "date_from_datetime_inexact",
	msg: "Datetimes provided to dates should have zero time - e.g. be exact dates",
};

/** The error for a text that is no time of day. */
export function timeTextError(text: string): ErrorWords {
	return timeError(clockFault(text) ?? extraCharacters);
}

/** The error for a text that is no length of time. */
export function durationTextError(text: string): ErrorWords {
	const duration = readDuration(text);
	return durationError(
		typeof duration === "string" ? "invalid digit in duration" : duration.fault,
	);
}

/** The error for a number that stands for no value of a format; `undefined` for formats that numbers don't stand for. */
export function temporalNumberError(
	format: string | undefined,
	value: number,
): ErrorWords | undefined {
	switch (format) {
		case "date":
			return dateFromTimestamp(value) === undefined
				? dateError(timestampProblem(value) ?? extraCharacters)
				: inexact;
		case "time": {
			const clock = clockFromSeconds(value);
			return isFault(clock) ? timeError(clock.fault) : undefined;
		}
		case "duration": {
			const duration = durationFromSeconds(value);
			return typeof duration === "string"
				? undefined
				: durationError(duration.fault);
		}
		default:
			return undefined;
	}
}
