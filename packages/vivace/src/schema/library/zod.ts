import { normaliseSchema } from "../document/normalise-schema.ts";
import { someShape } from "../shape/shape.ts";
import { shapeFromJsonSchema } from "../shape/shape-reader.ts";
import { lazyReading, type SchemaLibrary } from "./schema-library.ts";
import { someWithin } from "./some-within.ts";
import { runZodBackwards } from "./zod/zod-backwards.ts";
import { fillsAbsent } from "./zod/zod-backwards-default.ts";
import { isIntersection, linearCopy } from "./zod/zod-copy.ts";
import { type ZodSchema, zodParts } from "./zod/zod-internals.ts";
import { problemsFromZod } from "./zod/zod-issues.ts";
import { compilePlainKeeper } from "./zod/zod-keeper.ts";
import { compilePasses, compilePlainCopy } from "./zod/zod-plain.ts";
import { runZodQuickly, stopsEarly } from "./zod/zod-quick.ts";
import { readZod } from "./zod/zod-reader.ts";

/** Zod 4 and Zod mini, which have one core. */
export const zodLibrary: SchemaLibrary = {
	vendor: "zod",
	dropsUnknown: true,
	nullsFirst: true,
	tellsLists: true,
	read(schema, direction) {
		const { raw, reading } = readZod(schema as unknown as ZodSchema, direction); // the vendor says so
		return lazyReading(
			() => shapeFromJsonSchema(raw, true),
			() => ({
				...normaliseSchema(raw, { isFlat: !reading.hasForeign }),
				undocumented: [...reading.undocumented],
				...(reading.lostPatterns.size > 0 && {
					lostPatterns: [...reading.lostPatterns],
				}),
			}),
			!reading.isChanging,
		);
	},
	problems: problemsFromZod,
	validation(schema, { prefersMostSet, convertsTo, takesNonFinite = false }) {
		const original = schema as unknown as ZodSchema; // the vendor says so
		const isCopied =
			prefersMostSet ||
			takesNonFinite ||
			convertsTo !== undefined ||
			someWithin(original, zodParts, isIntersection);
		const used = isCopied
			? linearCopy(original, { convertsTo, takesNonFinite })
			: original;
		return {
			validate: (used as unknown as typeof schema)["~standard"].validate,
			// each is asked for once, and by some readers alone
			get passes() {
				return compilePasses(original);
			},
			get copyPlain() {
				return compilePlainCopy(original);
			},
			plainKeeper: () => compilePlainKeeper(original),
			...(stopsEarly(original) && {
				validateQuickly: (value) => runZodQuickly(used, value),
				isQuickFree: true,
			}),
			takesNonFinite,
		};
	},
	/** Zod refuses to run a one-way transform backwards: a schema that has one is validated forwards. */
	backwards(schema, input, { takesNonFinite = false } = {}) {
		const isReversible =
			someShape(input, ({ change }) => change === "codec") &&
			!someShape(input, ({ change }) => change === "transform");
		if (!isReversible) {
			return undefined;
		}
		const original = schema as unknown as ZodSchema; // the vendor says so
		const isCopied =
			takesNonFinite || someWithin(original, zodParts, fillsAbsent);
		const used = isCopied ? linearCopy(original, { takesNonFinite }) : original;
		return (value) => runZodBackwards(used, value);
	},
};
