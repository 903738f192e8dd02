import type { StandardSchemaV1 } from "@standard-schema/spec";
import { anyShape, type Shape } from "../../shape/shape.ts";
import { type BuiltInParts, hasDefault } from "./built-in-schema.ts";

/** The shape of a schema of ours; `shapeOf` gives those of its parts. */
export function shapeOfBuiltIn(
	parts: BuiltInParts,
	shapeOf: (schema: StandardSchemaV1) => Shape,
): Shape {
	const { description, isNullable = false } = parts.options;
	const common = {
		...anyShape,
		description,
		isNullable,
		default: parts.options.default ?? undefined,
		isDefaulted: "default" in parts.options,
		isOptional: "default" in parts.options,
	};
	switch (parts.kind) {
		case "integer":
		case "number": {
			const { minimum, maximum } = parts.options;
			const isConstrained = minimum !== undefined || maximum !== undefined;
			return { ...common, kind: parts.kind, isConstrained };
		}
		case "text":
			return {
				...common,
				kind: "string",
				isSecret: parts.options.isSecret ?? false,
				format: parts.options.format,
				isConstrained: parts.options.pattern !== undefined,
			};
		case "file":
		case "bytes":
			return { ...common, kind: parts.kind };
		case "list":
			return { ...common, kind: "list", items: shapeOf(parts.items) };
		case "object": {
			const entries = Object.entries(parts.fields);
			const required = entries.filter(([, schema]) => !hasDefault(schema));
			return {
				...common,
				kind: "object",
				fields: new Map(
					entries.map(([name, schema]) => [name, shapeOf(schema)]),
				),
				required: new Set(required.map(([name]) => name)),
			};
		}
	}
}
