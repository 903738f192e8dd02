import type { StandardSchemaV1 } from "@standard-schema/spec";
import type {
	ErrorDetail,
	Location,
} from "../../../errors/validation-error.ts";
import type { Parsed, ResultEncoder } from "../../shape/parsed.ts";
import type { BuiltInParts } from "./built-in-schema.ts";

/**
 * The way to the wire of an object or a list of ours: each part by its own schema's encoder, so that dates, codecs and unknown fields of
 * an item in a page become what they become alone. `undefined` for what has no parts.
 */
export function builtInEncoder(
	parts: BuiltInParts,
	encoderOf: (schema: StandardSchemaV1) => ResultEncoder,
): ResultEncoder | undefined {
	if (parts.kind === "list") {
		return listEncoder(encoderOf(parts.items));
	}
	if (parts.kind === "object") {
		return objectEncoder(parts, encoderOf);
	}
	return undefined;
}

function listEncoder(encode: ResultEncoder): ResultEncoder {
	return (value, loc) => {
		if (!Array.isArray(value)) {
			return wrong("list_type", "Input should be a valid list", value, loc);
		}
		return settleAll(
			value.map((item, index) => encode(item, [...loc, index])),
			(items) => items,
		);
	};
}

function objectEncoder(
	parts: Extract<BuiltInParts, { readonly kind: "object" }>,
	encoderOf: (schema: StandardSchemaV1) => ResultEncoder,
): ResultEncoder {
	const fields = Object.entries(parts.fields).map(
		([name, schema]) => [name, encoderOf(schema)] as const,
	);
	return (value, loc) => {
		if (typeof value !== "object" || value === null) {
			return wrong(
				"model_attributes_type",
				"Input should be a valid dictionary or object to extract fields from",
				value,
				loc,
			);
		}
		const given = value as Readonly<Record<string, unknown>>;
		return settleAll(
			fields.map(([name, encode]) => encode(given[name], [...loc, name])),
			(values) =>
				Object.fromEntries(
					fields.map(([name], index) => [name, values[index]]),
				),
		);
	};
}

function wrong(
	type: string,
	msg: string,
	input: unknown,
	loc: Location,
): Parsed {
	return { errors: [{ type, loc, msg, input }] };
}

function settleAll(
	results: readonly (Parsed | Promise<Parsed>)[],
	finish: (values: readonly unknown[]) => unknown,
): Parsed | Promise<Parsed> {
	const conclude = (settled: readonly Parsed[]): Parsed => {
		const errors: ErrorDetail[] = settled.flatMap(({ errors = [] }) => errors);
		return errors.length > 0
			? { errors }
			: { value: finish(settled.map(({ value }) => value)) };
	};
	return results.some((result) => result instanceof Promise)
		? Promise.all(results).then(conclude)
		: conclude(results as Parsed[]); // none is a promise
}
