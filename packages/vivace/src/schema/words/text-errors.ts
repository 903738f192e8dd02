import { dateProblem, readDate, timeProblem } from "../shape/iso-date.ts";
import type { Shape } from "../shape/shape.ts";
import type { ErrorWords } from "./error-words.ts";
import type { ProblemKind } from "./problem.ts";

/** The error for a value that is not the text it should be, by the text's format. */
export function textTypeError(shape: Shape): ErrorWords {
	return (
		typeErrors[shape.format ?? ""] ?? {
			type: "string_type",
			msg: "Input should be a valid string",
		}
	);
}

const typeErrors: Readonly<Record<string, ErrorWords>> = {
	uuid: {
		type: "uuid_type",
		msg: "UUID input should be a string, bytes or UUID object",
	},
	uri: { type: "url_type", msg: "URL input should be a string or URL" },
	"date-time": {
		type: "datetime_type",
		msg: "Input should be a valid datetime",
	},
	date: { type: "date_type", msg: "Input should be a valid date" },
	time: { type: "time_type", msg: "Input should be a valid time" },
	duration: {
		type: "time_delta_type",
		msg: "Input should be a valid timedelta",
	},
	ipv4: { type: "ip_v4_address", msg: "Input is not a valid IPv4 address" },
	ipv6: { type: "ip_v6_address", msg: "Input is not a valid IPv6 address" },
};

type Format = Extract<ProblemKind, { readonly about: "format" }>;

/** The error for a text that is not of the format, or does not match the pattern, that was asked for. */
export function formatError(problem: Format, text: string): ErrorWords {
	if (problem.format === "uuid" || problem.format === "guid") {
		return uuidError(text, problem.pattern);
	}
	const byFormat = formatErrors[problem.format]?.(text);
	if (byFormat !== undefined) {
		return byFormat;
	}
	if (problem.pattern === undefined) {
		return valueError(problem.message);
	}
	return {
		type: "string_pattern_mismatch",
		msg: `String should match pattern '${problem.pattern}'`,
		ctx: { pattern: problem.pattern },
	};
}

/** The error for what a check of the app itself refused. */
export function valueError(message: string): ErrorWords {
	return {
		type: "value_error",
		msg: `Value error, ${message}`,
		ctx: { error: {} },
	};
}

const formatErrors: Readonly<Record<string, (text: string) => ErrorWords>> = {
	datetime: dateTimeTextError,
	date: dateTextError,
	time: (text) =>
		parsingError(
			"time_parsing",
			"in a valid time format",
			timeProblem(text) ??
				"unexpected extra characters at the end of the input",
		),
	duration: () =>
		parsingError(
			"time_delta_parsing",
			"a valid timedelta",
			"invalid digit in duration",
		),
	url: urlError,
	email: emailError,
	ipv4: () => typeErrors.ipv4 as ErrorWords,
	ipv6: () => typeErrors.ipv6 as ErrorWords,
	base64: () => base64Error,
	base64url: () => base64Error,
};

const base64Error: ErrorWords = {
	type: "base64_decode",
	msg: "Base64 decoding error: 'Only base64 data is allowed'",
	ctx: { error: "Only base64 data is allowed" },
};

function parsingError(type: string, what: string, error: string): ErrorWords {
	return { type, msg: `Input should be ${what}, ${error}`, ctx: { error } };
}

/** The error for a text that is no date and time. */
export function dateTimeTextError(text: string): ErrorWords {
	return parsingError(
		"datetime_from_date_parsing",
		"a valid datetime or date",
		dateProblem(text) ?? "unexpected extra characters at the end of the input",
	);
}

function dateTextError(text: string): ErrorWords {
	if (readDate(text) !== undefined) {
		return {
			type: "date_from_datetime_inexact",
			msg: "Datetimes provided to dates should have zero time - e.g. be exact dates",
		};
	}
	const separator = /[Tt _]/.test(text[10] ?? "")
		? timeProblem(text.slice(11))
		: "invalid datetime separator, expected `T`, `t`, `_` or space";
	return parsingError(
		"date_from_datetime_parsing",
		"a valid date or datetime",
		dateProblem(text) ??
			separator ??
			"unexpected extra characters at the end of the input",
	);
}

const uuidGroupLengths = [8, 4, 4, 4, 12];

function uuidError(text: string, pattern = ""): ErrorWords {
	const error = uuidProblem(text);
	// the digit of the version stands first in the third group
	const version = /\{4\}-([1-8])\[/.exec(pattern)?.[1];
	if (error !== undefined || version === undefined) {
		return parsingError(
			"uuid_parsing",
			"a valid UUID",
			error ?? "unknown version or variant",
		);
	}
	return {
		type: "uuid_version",
		msg: `UUID version ${version} expected`,
		ctx: { expected_version: Number(version) },
	};
}

/** The fault of a UUID, in Pydantic's words. */
function uuidProblem(text: string): string | undefined {
	const prefix = /^urn:uuid:|^\{(?=.*\}$)/.exec(text)?.[0] ?? "";
	const end = prefix === "{" ? text.length - 1 : text.length;
	const digits = text.slice(prefix.length, end);
	const wrong = /[^0-9a-fA-F-]/u.exec(digits);
	if (wrong !== null) {
		return `invalid character: found \`${wrong[0]}\` at ${wrong.index + prefix.length + 1}`;
	}
	const groups = digits.split("-");
	if (groups.length === 1 && prefix === "") {
		return text.length === 32
			? undefined
			: `invalid length: expected length 32 for simple format, found ${text.length}`;
	}
	if (groups.length !== 5) {
		return `invalid group count: expected 5, found ${groups.length}`;
	}
	const index = groups.findIndex(
		(group, position) => group.length !== uuidGroupLengths[position],
	);
	if (index === -1) {
		return undefined;
	}
	return `invalid group length in group ${index}: expected ${uuidGroupLengths[index]}, found ${groups[index]?.length}`;
}

function urlError(text: string): ErrorWords {
	if (URL.canParse(text)) {
		return {
			type: "url_scheme",
			msg: "URL scheme should be 'http' or 'https'",
			ctx: { expected_schemes: "'http' or 'https'" },
		};
	}
	return parsingError("url_parsing", "a valid URL", urlProblem(text));
}

/** The fault of a URL, in the words of the WHATWG parser that Pydantic uses. */
function urlProblem(text: string): string {
	const trimmed = text.trim();
	if (trimmed === "") {
		return "input is empty";
	}
	const match = /^[a-z][a-z0-9+.-]*:\/*(?:[^/@?#]*@)?(\[?[^/?#]*)/i.exec(
		trimmed,
	);
	if (match === null) {
		return "relative URL without a base";
	}
	const host = match[1] ?? "";
	if (host === "") {
		return "empty host";
	}
	if (host.startsWith("[")) {
		return "invalid IPv6 address";
	}
	const port = /:(.*)$/.exec(host)?.[1];
	if (port !== undefined && !(/^\d*$/.test(port) && Number(port) <= 65535)) {
		return "invalid port number";
	}
	return /^[\d.]+$/.test(host)
		? "invalid IPv4 address"
		: "invalid international domain name";
}

function emailError(text: string): ErrorWords {
	const reason = emailProblem(text);
	return {
		type: "value_error",
		msg: `value is not a valid email address: ${reason}`,
		ctx: { reason },
	};
}

/** The fault of an email address, in the words of the library that Pydantic uses. */
function emailProblem(text: string): string {
	const at = text.indexOf("@");
	if (at === -1) {
		return "An email address must have an @-sign.";
	}
	if (at === 0) {
		return "There must be something before the @-sign.";
	}
	const domain = text.slice(at + 1);
	if (domain === "") {
		return "There must be something after the @-sign.";
	}
	if (text.includes("..")) {
		return "An email address cannot have two periods in a row.";
	}
	const wrong = /[^a-zA-Z0-9.-]/.exec(domain);
	if (wrong !== null) {
		return `The part after the @-sign contains invalid characters: ${characterName(wrong[0])}.`;
	}
	if (!domain.includes(".")) {
		return "The part after the @-sign is not valid. It should have a period.";
	}
	const wrongBefore = /[\s"(),:;<>[\]\\]/.exec(text.slice(0, at));
	if (wrongBefore !== null) {
		return `The email address contains invalid characters before the @-sign: ${characterName(wrongBefore[0])}.`;
	}
	return "The email address is not valid.";
}

function characterName(character: string): string {
	return character === " " ? "SPACE" : `'${character}'`;
}
