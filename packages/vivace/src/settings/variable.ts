import type { StandardSchemaV1 } from "@standard-schema/spec";
import { told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { isSchema } from "../schema/standard-schema.ts";

/** A setting that is read from variables of other names than its own; made by {@link env}. */
export class EnvVariable<Schema extends StandardSchemaV1 = StandardSchemaV1> {
	readonly names: readonly string[];
	readonly schema: Schema;

	/** @internal */
	constructor(names: readonly string[], schema: Schema) {
		this.names = names;
		this.schema = schema;
	}
}

/**
 * A setting that is read from the variable named, without the prefix; of several names the first that is set counts.
 *
 * @throws SetupError `VIV_OPTION` when no name is given or one is empty
 * @example
 * ```ts
 * import { env, settings } from "vivace/settings";
 * import { z } from "zod";
 *
 * const { host } = settings({ host: env("MYSQL_DB_HOST", z.string().default("localhost")) });
 * ```
 */
export function env<Schema extends StandardSchemaV1>(
	name: string | readonly string[],
	schema: Schema,
): EnvVariable<Schema> {
	const names = typeof name === "string" ? [name] : name;
	const isName = (each: unknown) => typeof each === "string" && each !== "";
	if (!Array.isArray(names) || names.length === 0 || !names.every(isName)) {
		throw new SetupError(
			"VIV_OPTION",
			`env: the name of a variable is a text that isn't empty, but got ${Array.isArray(name) ? `a list of ${name.map(told).join(", ") || "none"}` : told(name)}`,
		);
	}
	if (!isSchema(schema)) {
		throw new SetupError(
			"VIV_SCHEMA",
			`env(${names.map(told).join(", ")}): expected a schema such as z.string() as second argument, got ${typeof schema}.`,
		);
	}
	return new EnvVariable(names, schema);
}

/** The settings of a program by name: schemas, schemas with a variable of their own ({@link env}), and groups of settings. */
export interface SettingsFields {
	readonly [name: string]: StandardSchemaV1 | EnvVariable | SettingsFields;
}

/** The variable of a setting: `databaseUrl`, `database_url` → `DATABASE_URL`, `s3Bucket` → `S3_BUCKET`, `apiURL` → `API_URL`. */
export function variableName(prefix: string, setting: string): string {
	const words = setting
		.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
		.replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
	return prefix + words.toUpperCase();
}

/** True for two spellings of one setting: `databaseUrl`, `database_url`, `DATABASE_URL`. */
export function isSameSetting(one: string, other: string): boolean {
	return variableName("", one) === variableName("", other);
}
