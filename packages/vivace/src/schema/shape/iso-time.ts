import { type Fault, isFault } from "./fault.ts";

/** A time of day as a text gives it, in the form that ISO 8601 and Python write it in. */
export interface ClockTime {
	/** `HH:MM:SS`, or with six digits of a fraction. */
	readonly time: string;
	/** Empty for none, `Z`, or `+HH:MM`. */
	readonly zone: string;
}

const clockText =
	/^(\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+\-\u2212]\d\d:?\d\d)?$/;

/** Reads a time of day as Pydantic does: seconds and zone are optional, digits of a fraction behind the sixth are dropped. */
export function readClock(text: string): ClockTime | Fault {
	const fault = clockFault(text);
	if (fault !== undefined) {
		return { fault };
	}
	const [, time, second = "00", fraction = "", zone = ""] =
		clockText.exec(text) ?? [];
	const digits = fraction.slice(0, 6).padEnd(6, "0");
	return {
		time: `${time}:${second}${digits === "000000" ? "" : `.${digits}`}`,
		zone: zoneText(zone),
	};
}

function zoneText(zone: string): string {
	return zone.length > 1
		? `${zone[0] === "+" ? "+" : "-"}${zone.slice(1, 3)}:${zone.slice(-2)}`
		: zone.toUpperCase();
}

/** The time of day that so many seconds after midnight are. */
export function clockFromSeconds(seconds: number): ClockTime | Fault {
	if (seconds < 0) {
		return { fault: "time in seconds should be positive" };
	}
	if (seconds >= 86_400) {
		return { fault: "numeric times may not exceed 86,399 seconds" };
	}
	const whole = Math.floor(seconds);
	const micros = Math.min(Math.round((seconds - whole) * 1e6), 999_999);
	const parts = [whole / 3600, (whole % 3600) / 60, whole % 60];
	const clock = parts.map((part) => String(Math.floor(part)).padStart(2, "0"));
	const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
	return { time: clock.join(":") + fraction, zone: "" };
}

/** Tells whether a text names midnight. */
export function isMidnight(text: string): boolean {
	const clock = readClock(text);
	return !isFault(clock) && clock.time === "00:00:00";
}

/** The fault of a time of day, in Pydantic's words; `undefined` if there is none. */
export function clockFault(text: string): string | undefined {
	if (isShorter(text, 5)) {
		return "input is too short";
	}
	const fault = minuteFault(text);
	if (fault !== undefined || text[5] !== ":") {
		return fault ?? zoneFault(text.slice(5));
	}
	if (!/^\d\d/.test(text.slice(6))) {
		return "invalid character in second";
	}
	if (Number(text.slice(6, 8)) > 59) {
		return "second value is outside expected range of 0-59";
	}
	const rest = text.slice(8);
	const fraction = /^[.,](\d*)/.exec(rest);
	if (fraction?.[1] === "") {
		return "second fraction digits missing after `.`";
	}
	return zoneFault(rest.slice(fraction?.[0].length ?? 0));
}

function minuteFault(text: string): string | undefined {
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
	return Number(text.slice(3, 5)) > 59
		? "minute value is outside expected range of 0-59"
		: undefined;
}

function zoneFault(zone: string): string | undefined {
	if (zone === "" || zone === "Z" || zone === "z") {
		return undefined;
	}
	if (/^z/i.test(zone)) {
		return extraCharacters;
	}
	if (!/^[+\-\u2212]/.test(zone)) {
		return "invalid timezone sign";
	}
	if (!/^.\d\d/.test(zone)) {
		return "invalid timezone hour";
	}
	const minutes = /^:?(\d\d)(.*)$/s.exec(zone.slice(3));
	if (minutes === null) {
		return "invalid timezone minute";
	}
	if (Number(minutes[1]) > 59) {
		return "timezone minute value is outside expected range of 0-59";
	}
	if (Number(zone.slice(1, 3)) > 23) {
		return "timezone offset must be less than 24 hours";
	}
	return minutes[2] === "" ? undefined : extraCharacters;
}

export const extraCharacters: string =
	"unexpected extra characters at the end of the input";

/** Pydantic counts the bytes of a text in UTF-8. */
export function isShorter(text: string, bytes: number): boolean {
	return text.length < bytes && new TextEncoder().encode(text).length < bytes;
}
