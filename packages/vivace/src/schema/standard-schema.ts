import type {
	StandardJSONSchemaV1,
	StandardSchemaV1,
} from "@standard-schema/spec";
import { SetupError } from "../errors/setup-error.ts";

/** The input of a schema: the type before conversion and defaults. */
export type InputOf<Schema extends StandardSchemaV1> = NonNullable<
	Schema["~standard"]["types"]
>["input"];

/** The output of a schema: the type after conversion and defaults. */
export type OutputOf<Schema extends StandardSchemaV1> = NonNullable<
	Schema["~standard"]["types"]
>["output"];

/** Tells whether a value is a schema: an object or function with Standard Schema's `~standard`, version 1. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
	if (value === null) {
		return false;
	}
	// ArkType's types are functions
	if (typeof value !== "object" && typeof value !== "function") {
		return false;
	}
	const standard = (value as Partial<StandardSchemaV1>)["~standard"];
	return (
		typeof standard === "object" &&
		standard?.version === 1 &&
		typeof standard.validate === "function"
	);
}

/** The Standard JSON Schema member of a schema, `undefined` where its library gives none. */
export function jsonSchemaConverter(
	schema: StandardSchemaV1,
): StandardJSONSchemaV1.Converter | undefined {
	const standard = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
	return standard.jsonSchema;
}

/** @throws SetupError `VIV_SCHEMA` when the first argument of a function is no schema */
export function assertSchema(where: string, schema: unknown): void {
	if (!isSchema(schema)) {
		throw new SetupError(
			"VIV_SCHEMA",
			`${where}: the first argument is no schema; give it one, such as z.object({ … }).`,
		);
	}
}
