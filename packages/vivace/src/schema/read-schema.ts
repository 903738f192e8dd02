import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { SchemaDirection } from "./document/json-schema.ts";
import { aliasedLibrary } from "./library/aliased.ts";
import { anyLibrary } from "./library/any.ts";
import { arktypeLibrary } from "./library/arktype.ts";
import { builtInLibrary } from "./library/built-in.ts";
import type { SchemaLibrary, SchemaReading } from "./library/schema-library.ts";
import { valibotLibrary } from "./library/valibot.ts";
import { zodLibrary } from "./library/zod.ts";

/** The libraries of which more is known than what Standard Schema says. */
const libraries: ReadonlyMap<string, SchemaLibrary> = new Map(
	[
		zodLibrary,
		valibotLibrary,
		arktypeLibrary,
		builtInLibrary,
		aliasedLibrary,
	].map((library) => [library.vendor, library]),
);

/** The library that made a schema. */
export function libraryOf(schema: StandardSchemaV1): SchemaLibrary {
	return libraries.get(schema["~standard"].vendor) ?? anyLibrary;
}

const readings = new WeakMap<
	StandardSchemaV1,
	Partial<Record<SchemaDirection, SchemaReading>>
>();

/** Reads a schema, once for each direction, whoever asks; once for both where they don't differ. */
export function readSchema(
	schema: StandardSchemaV1,
	direction: SchemaDirection,
): SchemaReading {
	let directions = readings.get(schema);
	if (directions === undefined) {
		directions = {};
		readings.set(schema, directions);
	}
	let reading = directions[direction];
	if (reading === undefined) {
		const other = directions[direction === "input" ? "output" : "input"];
		reading = other?.isSymmetric
			? other
			: libraryOf(schema).read(schema, direction, { read: readSchema });
		directions[direction] = reading;
	}
	return reading;
}
