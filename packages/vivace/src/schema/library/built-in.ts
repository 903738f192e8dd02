import { builtInEncoder } from "./built-in/built-in-encoder.ts";
import {
	type BuiltInParts,
	builtInParts,
	problemsFromBuiltIn,
} from "./built-in/built-in-schema.ts";
import { shapeOfBuiltIn } from "./built-in/built-in-shape.ts";
import { describeBuiltIn } from "./built-in/describe-built-in.ts";
import { lazyReading, type SchemaLibrary } from "./schema-library.ts";

/** The schemas of the framework itself (a page, its parameters), whose parts may be of any library. */
export const builtInLibrary: SchemaLibrary = {
	vendor: "vivace",
	dropsUnknown: true,
	nullsFirst: true,
	read(schema, direction, reader) {
		const parts = builtInParts(schema) as BuiltInParts; // the vendor says so
		// not before it is asked for: a recursive schema may not be complete when the page is declared
		return lazyReading(
			() => shapeOfBuiltIn(parts, (part) => reader.read(part, direction).shape),
			() =>
				describeBuiltIn(parts, (part) => reader.read(part, direction).document),
		);
	},
	problems: problemsFromBuiltIn,
	composed(schema, encoderOf) {
		return builtInEncoder(builtInParts(schema) as BuiltInParts, encoderOf);
	},
};
