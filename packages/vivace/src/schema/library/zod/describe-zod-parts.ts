import type { ZodSchema } from "./zod-internals.ts";
import {
	describeZodObject,
	type ReportPlace,
	zodLibraryOptions,
} from "./describe-zod.ts";
import {
	definitionPrefix,
	type JsonSchema,
	type SchemaDirection,
} from "../../document/json-schema.ts";

type Path = readonly (string | number)[];

/**
 * Describes a schema that Zod refuses as a whole part by part, so that only the part that it refuses (a default that throws, an
 * example that is no JSON) is documented as anything.
 */
export function describeZodParts(
	schema: ZodSchema,
	direction: SchemaDirection,
	report: ReportPlace,
): JsonSchema {
	/** Models under way: one that contains itself ends there. */
	const open = new Set<ZodSchema>();

	const describe = (part: ZodSchema, path: Path): JsonSchema => {
		try {
			return (
				part["~standard"].jsonSchema?.[direction]({
					target: "draft-2020-12",
					libraryOptions: zodLibraryOptions(direction, report, path),
				}) ?? {}
			);
		} catch {
			return describeRefused(part, path);
		}
	};

	const describeRefused = (part: ZodSchema, path: Path): JsonSchema => {
		const id = idOf(part);
		if (open.has(part)) {
			return id ? { $ref: definitionPrefix + id } : {};
		}
		open.add(part);
		try {
			return describeMembers(part, path);
		} finally {
			open.delete(part);
		}
	};

	const describeMembers = (part: ZodSchema, path: Path): JsonSchema => {
		const { shape, element } = part._zod.def;
		if (element) {
			const items = describe(element, [...path, "items"]);
			return { type: "array", items };
		}
		if (!shape) {
			report(path, true);
			return {};
		}
		const properties = Object.entries(shape).map(([name, field]) => [
			name,
			describe(field, [...path, "properties", name]),
		]);
		const model = {
			type: "object",
			properties: Object.fromEntries(properties),
			...describeZodObject(part._zod.def),
		};
		const id = idOf(part);
		return id ? { $ref: definitionPrefix + id, $defs: { [id]: model } } : model;
	};

	return describe(schema, []);
}

function idOf(schema: ZodSchema): string | undefined {
	const id = schema.meta?.()?.id;
	return typeof id === "string" ? id : undefined;
}
