import { patternsAsKeywords } from "../../document/pattern-keywords.ts";
import { ofMediaTypes } from "../../shape/binary.ts";
import { type MarkedSchema, patternsKey } from "../../shape/marks.ts";
import type { ValibotSchema } from "./valibot-internals.ts";

const formats: Readonly<Record<string, string>> = {
	email: "email",
	rfc_email: "email",
	uuid: "uuid",
	url: "uri",
	ipv4: "ipv4",
	ipv6: "ipv6",
	iso_date: "date",
	iso_time: "time",
	iso_time_second: "time",
	iso_timestamp: "date-time",
};

const bounds: Readonly<Record<string, string>> = {
	min_value: "minimum",
	max_value: "maximum",
	gt_value: "exclusiveMinimum",
	lt_value: "exclusiveMaximum",
	multiple_of: "multipleOf",
};

/** By the type of the value: what its length is called. */
const lengths: Readonly<Record<string, readonly [string, string]>> = {
	string: ["minLength", "maxLength"],
	array: ["minItems", "maxItems"],
	object: ["minProperties", "maxProperties"],
};

/** The keywords for a validation in a pipe. */
export function describeValidation(
	action: ValibotSchema,
	type: unknown,
): MarkedSchema {
	const { requirement } = action;
	const format = formats[action.type];
	if (format !== undefined) {
		return {
			format,
			...(requirement instanceof RegExp && { [patternsKey]: [requirement] }),
		};
	}
	if (action.type === "integer" || action.type === "safe_integer") {
		return { type: "integer" };
	}
	if (requirement instanceof RegExp) {
		return {
			...patternsAsKeywords([requirement]),
			[patternsKey]: [requirement],
		};
	}
	if (action.type === "mime_type") {
		return ofMediaTypes(requirement as readonly string[]);
	}
	if (action.type === "non_empty") {
		return sizeKeywords(type, 1, undefined);
	}
	return typeof requirement === "number"
		? describeBound(action.type, requirement, type)
		: {};
}

function describeBound(
	action: string,
	limit: number,
	type: unknown,
): MarkedSchema {
	const bound = bounds[action];
	if (bound !== undefined) {
		return { [bound]: limit };
	}
	switch (action) {
		case "min_length":
		case "min_size":
		case "min_entries":
			return sizeKeywords(type, limit, undefined);
		case "max_length":
		case "max_size":
		case "max_entries":
			return sizeKeywords(type, undefined, limit);
		case "length":
		case "size":
		case "entries":
			return sizeKeywords(type, limit, limit);
		default:
			return {};
	}
}

function sizeKeywords(
	type: unknown,
	least: number | undefined,
	most: number | undefined,
): MarkedSchema {
	const names = lengths[String(type)];
	if (names === undefined) {
		return {};
	}
	return {
		...(least !== undefined && { [names[0]]: least }),
		...(most !== undefined && { [names[1]]: most }),
	};
}

/** The author's description of a schema: `v.title`, `v.description`, `v.examples`, `v.metadata`. */
export function describeMetadata(action: ValibotSchema): MarkedSchema {
	const { type, metadata } = action;
	if (type === "title") {
		return { title: action.title };
	}
	if (type === "description") {
		return { description: action.description };
	}
	return type === "examples"
		? { examples: (action as { readonly examples?: unknown }).examples }
		: { ...metadata };
}
