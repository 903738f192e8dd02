import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonSchema } from "../document/json-schema.ts";
import { binaryInstance } from "../shape/binary.ts";
import { type MarkedSchema, markKey } from "../shape/marks.ts";
import { jsonSchemaOf, readingOf, unread } from "./any.ts";
import { problemsFromArkType } from "./arktype/arktype-issues.ts";
import { flaggedPatterns, withFlags } from "./arktype/arktype-patterns.ts";
import type { SchemaLibrary } from "./schema-library.ts";

/** ArkType 2: its JSON Schema, with marks for what that has no word for. Its objects keep what they don't name. */
export const arktypeLibrary: SchemaLibrary = {
	vendor: "arktype",
	dropsUnknown: false,
	nullsFirst: true,
	read(schema, direction) {
		const undocumented = new Set<string>();
		const raw = jsonSchemaOf(schema, direction, {
			fallback: fallbacks(() => undocumented.add("")),
		});
		if (raw === undefined) {
			return unread;
		}
		const { expression, json } = schema as {
			readonly expression?: unknown;
			readonly json?: unknown;
		};
		const marked =
			expression === "unknown" ? { ...raw, [markKey]: "anything" } : raw;
		const patterns = flaggedPatterns(json);
		const lostPatterns = new Set<string>();
		const flagged =
			patterns.size === 0
				? marked
				: withFlags(marked as MarkedSchema, patterns, () =>
						lostPatterns.add(""),
					);
		return readingOf(flagged, false, undocumented, lostPatterns);
	},
	problems: problemsFromArkType,
	takesInfinity: () => true,
	validation(schema) {
		const { validate } = schema["~standard"];
		const { allows } = schema as Partial<ArkType>;
		return {
			validate,
			...(allows !== undefined && {
				validateQuickly(value) {
					const result = allows(value) ? validate(value) : wrong;
					return result instanceof Promise ? undefined : result;
				},
			}),
		};
	},
};

interface ArkType {
	/** Tells whether an input will do, without a word on what is wrong with it. */
	allows(value: unknown): boolean;
}

const wrong: StandardSchemaV1.FailureResult = {
	issues: [{ message: "must be valid" }],
};

/** A place that ArkType has no JSON Schema for; it is given to a function by the reason. */
interface Refusal {
	readonly base: JsonSchema;
	readonly domain?: string;
	readonly pattern?: string;
	readonly proto?: unknown;
}

function fallbacks(report: () => void): object {
	return {
		date: ({ base }: Refusal) => ({
			...base,
			type: "string",
			format: "date-time",
			[markKey]: "date",
		}),
		proto: ({ base, proto }: Refusal) => {
			const binary = binaryInstance(proto);
			if (binary === undefined) {
				report();
			}
			return { ...base, ...binary };
		},
		domain: ({ base, domain }: Refusal) => {
			if (domain === "bigint") {
				return { ...base, type: "integer", [markKey]: "bigint" };
			}
			report();
			return base;
		},
		// a text that must match several
		patternIntersection: ({ base, pattern }: Refusal) => ({
			...base,
			allOf: [...(base.allOf ?? []), { pattern }],
		}),
		default: ({ base }: Refusal) => base,
	};
}
