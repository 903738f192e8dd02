import { acceptsNull, coreShape, type Shape } from "./shape/shape.ts";

/** A field of an object schema, as far as a parameter model has to know it. */
export interface SchemaField {
	readonly name: string;
	/** An absent value is refused. */
	readonly isRequired: boolean;
	/** Takes every value of a repeated name, not only the last. */
	readonly isList: boolean;
	readonly isNullable: boolean;
	/** Takes an uploaded file. */
	readonly isFile: boolean;
	/** Must not be repeated in an error: `format: password` or `writeOnly`. */
	readonly isSecret: boolean;
	readonly description: string | undefined;
}

/** The kind of value that a schema asks for, as the rules for bare schemas tell parameters from bodies. */
export type SchemaKind = "scalar" | "list" | "object" | "any";

/** The fields of an object, or of all members of a union of objects. */
export function fieldsOfShape(shape: Shape): readonly SchemaField[] {
	const core = coreShape(shape);
	if (core.kind === "union") {
		const fields = new Map(
			core.members
				.flatMap(fieldsOfShape)
				.map((field) => [field.name, field] as const),
		);
		return [...fields.values()];
	}
	return Array.from(core.fields, ([name, field]) => ({
		name,
		isRequired: core.required.has(name),
		isList: kindOfShape(field) === "list",
		isNullable: acceptsNull(field),
		isFile: coreShape(field).kind === "file",
		isSecret: field.isSecret || coreShape(field).isSecret,
		description: field.description ?? coreShape(field).description,
	}));
}

/** A union is what its most complex member is. */
export function kindOfShape(shape: Shape): SchemaKind {
	switch (shape.kind) {
		case "any":
			return "any";
		case "list":
		case "set":
		case "tuple":
			return "list";
		case "object":
		case "record":
		case "map":
			return "object";
		case "union": {
			const kinds = shape.members.map(kindOfShape);
			return (
				(["object", "list", "any"] as const).find((kind) =>
					kinds.includes(kind),
				) ?? "scalar"
			);
		}
		default:
			return "scalar";
	}
}
