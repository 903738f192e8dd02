import { patternsAsKeywords } from "../../document/pattern-keywords.ts";
import { anyFile, binaryInstance, ofMediaTypes } from "../../shape/binary.ts";
import { type MarkedSchema, markKey, valuesKey } from "../../shape/marks.ts";
import { enumMembers, enumNames } from "../enum-names.ts";
import { boundKeywords, checksOf, sizeKeywords } from "./zod-checks.ts";
import type { ZodDefinition, ZodSchema } from "./zod-internals.ts";
import { describeZodText } from "./zod-text.ts";

/** The description of a schema that holds no other; `undefined` for one that does. */
export function describeZodScalar(schema: ZodSchema): MarkedSchema | undefined {
	const { def } = schema._zod;
	switch (def.type) {
		case "string":
			return describeZodText(def);
		case "number":
			return describeNumber(schema);
		case "bigint":
			return { type: "integer", ...boundKeywords(schema), [markKey]: "bigint" };
		case "date":
			return { type: "string", format: "date-time", [markKey]: "date" };
		case "boolean":
		case "success":
			return { type: "boolean" };
		case "nan":
			return { type: "number" };
		case "null":
			return { type: "null" };
		case "undefined":
		case "void":
			return { type: "null", [markKey]: "absent" };
		case "any":
		case "unknown":
			return { [markKey]: "anything" };
		case "never":
			return { not: {} };
		case "enum":
			return describeEnum(def);
		case "literal":
			return { ...describeLiteral(def), [markKey]: "literal" };
		case "template_literal":
			return {
				type: "string",
				...patternsAsKeywords(
					schema._zod.pattern === undefined ? [] : [schema._zod.pattern],
				),
			};
		case "file":
			return describeFile(def);
		case "custom":
			return binaryInstance(instanceClass(schema));
		default:
			return undefined;
	}
}

function describeFile(def: ZodDefinition): MarkedSchema {
	const mediaTypes = allowedTypes(def);
	return {
		...anyFile,
		...sizeKeywords(def, "minLength", "maxLength"),
		...(mediaTypes !== undefined && ofMediaTypes(mediaTypes)),
	};
}

/** The class of `z.instanceof`, which a copy with a check more no longer says. */
function instanceClass({ _zod: { bag, parent } }: ZodSchema): unknown {
	return bag?.Class ?? (parent && instanceClass(parent));
}

/** The media types that all checks of a file let through; `undefined` where there is no check. */
function allowedTypes(def: ZodDefinition): readonly string[] | undefined {
	return checksOf(def)
		.map(({ mime }) => mime)
		.filter((mime) => mime !== undefined)
		.reduce<readonly string[] | undefined>(
			(known, mime) => known?.filter((each) => mime.includes(each)) ?? mime,
			undefined,
		);
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
	int32: [-2147483648, 2147483647],
	uint32: [0, 4294967295],
};

function describeNumber(schema: ZodSchema): MarkedSchema {
	const formats = checksOf(schema._zod.def)
		.map(({ format }) => format)
		.filter((format) => format !== undefined);
	const range = ranges[formats.find((format) => format in ranges) ?? ""];
	const bounds = boundKeywords(schema);
	return {
		type: formats.some((format) => format.includes("int"))
			? "integer"
			: "number",
		...(range !== undefined && withinRange(range, bounds)),
		...bounds,
	};
}

/** The ends of a machine's number that no bound of its own makes needless. */
function withinRange(
	[minimum, maximum]: readonly [number, number],
	bounds: Readonly<Record<string, unknown>>,
): Record<string, number> {
	return {
		...(!("exclusiveMinimum" in bounds) && { minimum }),
		...(!("exclusiveMaximum" in bounds) && { maximum }),
	};
}

function describeEnum({ entries = {} }: ZodDefinition): MarkedSchema {
	const members = enumMembers(entries);
	return {
		...describeValues(members.map(([, value]) => value)),
		...enumNames(members),
	};
}

function describeLiteral({ values = [] }: ZodDefinition): MarkedSchema {
	if (values.length > 0 && values.every((value) => value === undefined)) {
		return {};
	}
	const present = values.filter((value) => value !== undefined);
	const described = describeValues(
		present.map((value) => (typeof value === "bigint" ? Number(value) : value)),
	);
	return present.some((value) => typeof value === "bigint")
		? { ...described, [valuesKey]: present }
		: described;
}

/** The type follows from the values, see `normaliseSchema`. */
function describeValues(values: readonly unknown[]): MarkedSchema {
	if (values.length === 0) {
		return { not: {} };
	}
	return values.length === 1 ? { const: values[0] } : { enum: values };
}
