import { patternsAsKeywords } from "../../document/pattern-keywords.ts";
import { type MarkedSchema, patternsKey, shapeKey } from "../../shape/marks.ts";
import { checksOf, sizeKeywords } from "./zod-checks.ts";
import type { ZodCheck, ZodDefinition } from "./zod-internals.ts";

/** By Zod's name of a format: what Pydantic says of it. */
const wellKnownFormats: Readonly<Record<string, object>> = {
	datetime: { format: "date-time" },
	date: { format: "date" },
	time: { format: "time" },
	duration: { format: "duration" },
	email: { format: "email" },
	uuid: { format: "uuid" },
	guid: { format: "uuid" },
	ipv4: { format: "ipv4" },
	ipv6: { format: "ipv6" },
	url: { format: "uri", minLength: 1 },
	base64: {
		contentEncoding: "base64",
		contentMediaType: "application/octet-stream",
	},
};

/** Formats that Zod gives to what is only a pattern. */
const patternFormats = new Set([
	"regex",
	"starts_with",
	"ends_with",
	"includes",
	"lowercase",
	"uppercase",
]);

/** Describes a text: its length, its format, its patterns without the one that only implements a known format. */
export function describeZodText(def: ZodDefinition): MarkedSchema {
	const text = describeText(def);
	const checks = checksOf(def);
	if (!checks.some(isLocalDateTime)) {
		return text;
	}
	// RFC 3339 §5.6: `date-time` has a zone, and a validator refuses an answer without one
	const { format: _, ...rest } = text;
	const patterns = checks.filter(
		(check) => isLocalDateTime(check) || patternFormats.has(check.format ?? ""),
	);
	return { ...rest, ...patternKeywords(patterns), [shapeKey]: text };
}

function isLocalDateTime(
	check: ZodCheck & { readonly local?: boolean },
): boolean {
	return check.format === "datetime" && check.local === true;
}

function describeText(def: ZodDefinition): MarkedSchema {
	const formats = checksOf(def).filter(({ format }) => format !== undefined);
	const known = formats.find(({ format = "" }) => format in wellKnownFormats);
	const last = formats.at(-1)?.format ?? "";
	const other =
		last === "" || patternFormats.has(last)
			? {}
			: { format: otherNames[last] ?? last };
	return {
		type: "string",
		...sizeKeywords(def, "minLength", "maxLength"),
		...(known === undefined
			? { ...other, ...encodingOf(last) }
			: { ...wellKnownFormats[known.format ?? ""], ...httpLimit(known) }),
		...patternKeywords(
			formats.filter(
				({ format = "" }) => known === undefined || patternFormats.has(format),
			),
		),
		[patternsKey]: formats.flatMap(({ pattern }) => pattern ?? []),
	};
}

const otherNames: Readonly<Record<string, string>> = {
	json_string: "json-string",
};

function encodingOf(format: string): MarkedSchema {
	return format === "base64url" ? { contentEncoding: format } : {};
}

/** Pydantic's HttpUrl. */
function httpLimit(check: ZodCheck & { readonly protocol?: RegExp }): object {
	return check.format === "url" && String(check.protocol) === "/^https?$/"
		? { maxLength: 2083 }
		: {};
}

function patternKeywords(checks: readonly ZodCheck[]): MarkedSchema {
	return patternsAsKeywords(checks.flatMap(({ pattern }) => pattern ?? []));
}
