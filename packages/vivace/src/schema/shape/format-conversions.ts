import { isFault } from "./fault.ts";
import { dayFromTimestamp, readDay } from "./iso-date.ts";
import { durationFromSeconds, readDuration } from "./iso-duration.ts";
import { clockFromSeconds, readClock } from "./iso-time.ts";
import type { Conversion } from "./scalar-conversions.ts";
import type { Shape } from "./shape.ts";
import { matches } from "./shape-fit.ts";

/**
 * The conversion of texts whose format has several forms on the wire, or may come as a number, to the form that schema libraries
 * know and that Pydantic answers with; `undefined` for other formats.
 */
export function formatConversion({
	format = "",
	patterns,
}: Shape): Conversion | undefined {
	const convert = conversions[format];
	if (convert === undefined) {
		return undefined;
	}
	const fits = (text: unknown) =>
		typeof text === "string" && patterns.every((each) => matches(each, text));
	// a schema may ask for less than the format has: minutes without seconds
	if (format === "time" && patterns.length === 0) {
		return undefined;
	}
	const isKept = format === "duration" && patterns.length > 0;
	return (value) => {
		// a right text stays as it is: a month is more than its thirty days
		if (isKept && fits(value)) {
			return value;
		}
		const converted = convert(value);
		return converted === value || fits(converted) ? converted : value;
	};
}

/** Tells whether schema libraries take several forms of a format, of which Pydantic answers with one. */
export function hasRightForms({ format = "" }: Shape): boolean {
	return ["uuid", "time", "email", "ipv6"].includes(format);
}

/** Pydantic's other forms of a UUID: without hyphens, in braces, as a URN, with capitals. */
const toUuid: Conversion = (value) => {
	if (typeof value !== "string" || plainUuid.test(value)) {
		return value;
	}
	const groups = uuidText.exec(value)?.slice(1).filter(Boolean);
	return groups === undefined ? value : groups.join("-").toLowerCase();
};

const plainUuid = /^[0-9a-f-]{36}$/;
const digits =
	"([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{12})";
const uuidText = new RegExp(
	`^(?:${digits.replaceAll("-(", "(")}|${digits}|\\{${digits}\\}|urn:uuid:${digits})$`,
);

const toDay: Conversion = (value) => {
	if (typeof value === "number") {
		return dayFromTimestamp(value) ?? value;
	}
	return typeof value === "string" ? (readDay(value) ?? value) : value;
};

const toClock: Conversion = (value) => {
	const clock =
		typeof value === "number"
			? clockFromSeconds(value)
			: typeof value === "string"
				? readClock(value)
				: undefined;
	return clock === undefined || isFault(clock)
		? value
		: clock.time + clock.zone;
};

/** A number stands for seconds. */
const toDuration: Conversion = (value) => {
	const duration =
		typeof value === "number"
			? durationFromSeconds(value)
			: typeof value === "string"
				? readDuration(value)
				: undefined;
	return typeof duration === "string" ? duration : value;
};

/** An address with a name in front of it, as mail programs write it; the domain has no capitals. */
const toEmail: Conversion = (value) => {
	if (
		typeof value !== "string" ||
		value.length > 2048 ||
		plainAddress.test(value)
	) {
		return value;
	}
	const trimmed = value.trim();
	const start = trimmed.lastIndexOf("<");
	const isNamed =
		trimmed.endsWith(">") &&
		/^(?:[\p{L}\p{N}_ ]*|"[^"]*" *)$/u.test(
			trimmed.slice(0, Math.max(start, 0)),
		);
	const address = isNamed ? trimmed.slice(start + 1, -1) : trimmed;
	const at = address.lastIndexOf("@");
	return at === -1
		? value
		: address.slice(0, at) + address.slice(at).toLowerCase();
};

const plainAddress = /^[^\s<>@]+@[a-z0-9.-]+$/;

const toIpv4: Conversion = (value) =>
	isWhole(value, 0xffffffff)
		? [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".")
		: value;

const toIpv6: Conversion = (value) => {
	if (typeof value === "string") {
		return shortestIpv6(value) ?? value;
	}
	return isWhole(value, Number.MAX_SAFE_INTEGER)
		? (shortestIpv6(ipv6Groups(value)) ?? value)
		: value;
};

function isWhole(value: unknown, maximum: number): value is number {
	return (
		Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maximum
	);
}

function ipv6Groups(value: number): string {
	const digits = value.toString(16).padStart(16, "0");
	return `::${(digits.match(/.{4}/g) ?? []).join(":")}`;
}

/** RFC 5952, as a URL's host is written. */
function shortestIpv6(text: string): string | undefined {
	return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`)
		? new URL(`http://[${text}]`).hostname.slice(1, -1)
		: undefined;
}

const conversions: Readonly<Record<string, Conversion>> = {
	uuid: toUuid,
	date: toDay,
	time: toClock,
	duration: toDuration,
	email: toEmail,
	ipv4: toIpv4,
	ipv6: toIpv6,
};

/** Of each format that a text can be known to keep its form in: the texts that no conversion changes before they are validated. */
export const keptForms: ReadonlyMap<string, RegExp> = new Map([
	["uuid", plainUuid],
	["email", plainAddress],
	["date", /^/],
	["datetime", /^/],
]);
