import type { Shape } from "../shape/shape.ts";
import { emailError } from "./email-errors.ts";
import type { ErrorWords } from "./error-words.ts";
import type { ProblemKind } from "./problem.ts";
import {
	dateTextError,
	dateTimeTextError,
	durationTextError,
	parsingError,
	temporalNumberError,
	timeTextError,
} from "./temporal-errors.ts";

/** The error for a value that is not the text it should be, by the text's format. */
export function textTypeError(shape: Shape, value: unknown): ErrorWords {
	return (
		(typeof value === "number"
			? temporalNumberError(shape.format, value)
			: undefined) ??
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
	time: timeTextError,
	duration: durationTextError,
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
