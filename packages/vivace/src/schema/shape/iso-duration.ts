import { type Fault, isFault } from "./fault.ts";
import { isShorter, readClock } from "./iso-time.ts";

/** A length of time without months and years: 365 and 30 days stand for these, as in Python's `timedelta`. */
interface Duration {
	readonly days: number;
	readonly seconds: number;
}

/**
 * Reads a length of time as Pydantic does: ISO 8601 with fractions and signs, `3 days, 04:05:06`, `10:00`.
 *
 * @returns ISO 8601, without months and years
 */
export function readDuration(text: string): string | Fault {
	const sign = /^[+-]/.exec(text)?.[0] ?? "";
	const length = readLength(text.slice(sign.length));
	if (isFault(length)) {
		return length;
	}
	const total = durationOf(length.days * 86_400 + length.seconds);
	if (isFault(total)) {
		return total;
	}
	const iso = isoText(total);
	return sign === "-" && iso !== "PT0S" ? `-${iso}` : iso;
}

/** The length of time that so many seconds are, in ISO 8601. */
export function durationFromSeconds(seconds: number): string | Fault {
	const duration = durationOf(Math.abs(seconds));
	if (isFault(duration)) {
		return duration;
	}
	const iso = isoText(duration);
	return seconds < 0 && iso !== "PT0S" ? `-${iso}` : iso;
}

function durationOf(total: number): Duration | Fault {
	const days = Math.floor(total / 86_400);
	return days > 999_999_999
		? { fault: "durations may not exceed 999,999,999 days" }
		: { days, seconds: total - days * 86_400 };
}

function isoText({ days, seconds }: Duration): string {
	const micros = Math.round(seconds * 1e6);
	const whole = Math.floor(micros / 1e6);
	const [hours, minutes] = [
		Math.floor(whole / 3600),
		Math.floor((whole % 3600) / 60),
	];
	const rest = micros % 60e6;
	const fraction = String(rest % 1e6)
		.padStart(6, "0")
		.replace(/0+$/, "");
	const second = `${Math.floor(rest / 1e6)}${fraction === "" ? "" : `.${fraction}`}`;
	const time = [
		hours > 0 ? `${hours}H` : "",
		minutes > 0 ? `${minutes}M` : "",
		rest > 0 || (days === 0 && whole === 0) ? `${second}S` : "",
	].join("");
	return `P${days > 0 ? `${days}D` : ""}${time === "" ? "" : `T${time}`}`;
}

function readLength(text: string): Duration | Fault {
	if (text === "") {
		return tooShort;
	}
	if (text.startsWith("P")) {
		return readIso(text.slice(1));
	}
	return /d/i.test(text) || isShorter(text, 5)
		? readDays(text)
		: readTime(text);
}

const tooShort: Fault = { fault: "input is too short" };
const tooLarge: Fault = {
	fault: "a numeric value in the duration is too large",
};

const dateUnits: Readonly<Record<string, number>> = {
	Y: 365 * 86_400,
	M: 30 * 86_400,
	W: 7 * 86_400,
	D: 86_400,
};
const timeUnits: Readonly<Record<string, number>> = { H: 3600, M: 60, S: 1 };

function readIso(text: string): Duration | Fault {
	let position = 0;
	let isTime = false;
	let hadFraction = false;
	let seconds = 0;
	while (position < text.length) {
		if (text[position] === "T") {
			if (isTime) {
				return { fault: "`t` character repeated in duration" };
			}
			isTime = true;
			position++;
			continue;
		}
		numberText.lastIndex = position;
		const match = numberText.exec(text);
		if (match === null) {
			return { fault: "invalid digit in duration" };
		}
		if (Number(match[1]) > 0xffffffff) {
			return tooLarge;
		}
		if (hadFraction) {
			return { fault: "quantity fraction invalid in duration" };
		}
		hadFraction = match[2] !== undefined;
		position += match[0].length;
		const unit = (isTime ? timeUnits : dateUnits)[text[position] ?? ""];
		if (unit === undefined) {
			const part = isTime ? "time" : "date";
			return { fault: `quantity invalid in ${part} part of duration` };
		}
		seconds += Number(`${match[1]}.${match[2] ?? 0}`) * unit;
		position++;
	}
	return position < 2 ? tooShort : { days: 0, seconds };
}

const numberText = /(\d+)(?:[.,](\d*))?/y;

function readDays(text: string): Duration | Fault {
	const number = /^\d+/.exec(text)?.[0];
	if (number === undefined) {
		return { fault: "invalid digit in duration" };
	}
	if (Number(number) > 0xffffffff) {
		return tooLarge;
	}
	const rest = text.slice(number.length);
	const word = /^ ?[dD](?:ays?|AYS?)?/.exec(rest)?.[0];
	if (word === undefined || /^a/i.test(rest.slice(word.length))) {
		return { fault: '"day" identifier in duration not correctly formatted' };
	}
	const clock = rest.slice(word.length).replace(/^,? ?/, "");
	const days = Number(number);
	if (clock === "") {
		return { days, seconds: 0 };
	}
	const time = readTime(clock);
	if (isFault(time)) {
		return time;
	}
	return time.seconds >= 86_400
		? tooManyHours
		: { days, seconds: time.seconds };
}

const tooManyHours: Fault = {
	fault: "durations may not exceed 999,999,999 hours",
};

/** Hours may be more than 23. */
function readTime(text: string): Duration | Fault {
	if (isShorter(text, 5)) {
		return tooShort;
	}
	const colon = text.indexOf(":");
	const hours = text.slice(0, colon);
	if (colon === -1 || !/^\d*$/.test(hours)) {
		return { fault: "invalid character in hour" };
	}
	if (hours.length > 10 || Number(hours) > 24e8) {
		return tooManyHours;
	}
	const clock = readClock(`00:${text.slice(colon + 1, colon + 13)}`);
	if (isFault(clock)) {
		return zoneFaults.test(clock.fault)
			? { fault: "unexpected extra characters at the end of the input" }
			: clock;
	}
	if (clock.zone !== "") {
		return { fault: "unexpected extra characters at the end of the input" };
	}
	const [, minutes = 0, seconds = 0] = clock.time.split(":").map(Number);
	return { days: 0, seconds: Number(hours) * 3600 + minutes * 60 + seconds };
}

const zoneFaults = /timezone/;
