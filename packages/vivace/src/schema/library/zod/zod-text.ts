import type { ZodDefinition } from "./zod-internals.ts";
import type { JsonSchema } from "../../document/json-schema.ts";

/** By Zod's name of a format: what Pydantic says of it; `undefined` drops the keyword. */
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
		format: undefined,
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

/** What Zod says otherwise than Pydantic of a text: which formats have a name, and which patterns only implement one. */
export function describeZodString(
	def: ZodDefinition,
	json: JsonSchema,
): Record<string, unknown> {
	const formats = [def, ...(def.checks ?? []).map((check) => check._zod.def)]
		.map(({ format }) => format)
		.filter((format) => format !== undefined);
	const known = formats.find((format) => format in wellKnownFormats);
	const result: Record<string, unknown> = {};
	if (patternFormats.has(String(json.format))) {
		result.format = undefined;
	}
	if (known === undefined) {
		return result;
	}
	Object.assign(result, wellKnownFormats[known]);
	if (known === "url" && String(def.protocol) === "/^https?$/") {
		result.maxLength = 2083; // Pydantic's HttpUrl
	}
	const [pattern, ...more] = ownPatterns(def);
	result.pattern = pattern;
	result.allOf =
		more.length > 0 ? more.map((source) => ({ pattern: source })) : undefined;
	return result;
}

/** The patterns that stand beside a format, without the one that implements it. */
function ownPatterns(def: ZodDefinition): string[] {
	return (def.checks ?? []).flatMap(({ _zod: { def: check } }) =>
		check.pattern && patternFormats.has(check.format ?? "")
			? [check.pattern.source]
			: [],
	);
}
