import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { ErrorDetail } from "../errors/validation-error.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { readSchema } from "../schema/read-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import type { Shape } from "../schema/shape/shape.ts";
import { isSchema, type OutputOf } from "../schema/standard-schema.ts";
import {
	type EnvFile,
	Environment,
	type FoundVariable,
} from "./environment.ts";
import { concealed, freezeConcealed, isSecretName } from "./secret.ts";
import { EnvVariable, variableName } from "./variable.ts";

/** The settings of a program by name: schemas, schemas with a variable of their own ({@link env}), and groups of settings. */
export interface SettingsFields {
	readonly [name: string]: StandardSchemaV1 | EnvVariable | SettingsFields;
}

/** The values that {@link settings} gives for its fields. */
export type SettingsOf<Fields extends SettingsFields> = {
	readonly [Name in keyof Fields]: Fields[Name] extends EnvVariable<
		infer Schema
	>
		? OutputOf<Schema>
		: Fields[Name] extends StandardSchemaV1
			? OutputOf<Fields[Name]>
			: Fields[Name] extends SettingsFields
				? SettingsOf<Fields[Name]>
				: never;
};

/** Where {@link settings} looks for variables. */
export interface SettingsOptions {
	/** Begins the name of every variable but those of {@link env}: `"APP_"`. Default: none. */
	readonly prefix?: string;
	/**
	 * Files of variables (`NAME=value` lines, as `node --env-file` reads them), by path from the working directory or `file:` URL.
	 * A later one wins over an earlier one, the environment over all. Missing files are passed over unless `required`. Default: none.
	 */
	readonly envFile?: EnvFile | readonly EnvFile[];
	/** The environment. Default: `process.env`. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** True when a variable that is set to the empty text counts as not set. Default: `false`. */
	readonly ignoreEmpty?: boolean;
}

/**
 * Typed, validated settings from the environment and from `.env` files.
 *
 * A setting's variable is its name in capitals with underscores, after the prefix: `databaseUrl` is read from `APP_DATABASE_URL`, in
 * any case. A group's name goes before those of its settings: `{ mail: { host } }` is `APP_MAIL_HOST`. Texts become what the schema asks
 * for as in a query string; a list is JSON or separated by commas, an object JSON. Where no variable is set the schema decides: its
 * default, `undefined` where it is optional, else a problem.
 *
 * The result is frozen. Printed with `console.log` or as JSON it hides secrets: settings whose schema says `format: password` or
 * `writeOnly`, whose name holds `password`, `secret`, `token` or `key`, and passwords in URLs.
 *
 * @throws SetupError `VIV_SETTINGS` with every problem at once: the variable, the rule, the value (not of a secret) and its origin
 * @example
 * ```ts
 * import { settings } from "vivace/settings";
 * import { z } from "zod";
 *
 * const config = settings(
 * 	{ port: z.int().default(8000), allowedOrigins: z.array(z.string()).default([]) },
 * 	{ prefix: "APP_", envFile: [".env", ".env.local"] },
 * );
 * ```
 * @see FastAPI, "Settings and Environment Variables"
 */
export function settings<const Fields extends SettingsFields>(
	fields: Fields,
	options: SettingsOptions = {},
): SettingsOf<Fields> {
	assertOptions("settings()", options, rules);
	const { prefix = "", env = process.env, ignoreEmpty = false } = options;
	const environment = new Environment(env, filesOf(options), ignoreEmpty);
	const problems: string[] = [];
	const group = readGroup(fields, prefix, environment, problems);
	if (problems.length > 0) {
		throw new SetupError(
			"VIV_SETTINGS",
			`${problems.length === 1 ? "a setting is" : `${problems.length} settings are`} missing or wrong; correct these variables:\n${problems.join("\n")}`,
		);
	}
	return group.values as SettingsOf<Fields>; // the schemas, from which the type is inferred, vouch for the values
}

const rules: OptionRules<SettingsOptions> = {
	prefix: "text",
	envFile: "any", // the file that can't be read is named
	env: "record",
	ignoreEmpty: "boolean",
};

/** Values, and what of them may be printed. */
interface Group {
	readonly values: object;
	readonly shown: object;
}

function filesOf({ envFile }: SettingsOptions): readonly EnvFile[] {
	if (envFile === undefined) {
		return [];
	}
	return Array.isArray(envFile) ? envFile : [envFile as EnvFile]; // isArray does not narrow readonly arrays
}

function readGroup(
	fields: SettingsFields,
	prefix: string,
	environment: Environment,
	problems: string[],
): Group {
	const values: Record<string, unknown> = {};
	const shown: Record<string, unknown> = {};
	for (const [name, field] of Object.entries(fields)) {
		const variable = variableName(prefix, name);
		if (isGroup(field, variable)) {
			const group = readGroup(field, `${variable}_`, environment, problems);
			values[name] = group.values;
			shown[name] = group.shown;
			continue;
		}
		const setting =
			field instanceof EnvVariable
				? toSetting(field.names, field.schema)
				: toSetting([variable], field);
		values[name] = readSetting(setting, environment, problems);
		shown[name] = concealed(
			values[name],
			setting.isSecret || isSecretName(name),
			setting.shape,
		);
	}
	return { values: freezeConcealed(values, shown), shown };
}

function isGroup(
	field: SettingsFields[string],
	variable: string,
): field is SettingsFields {
	if (field instanceof EnvVariable || isSchema(field)) {
		return false;
	}
	if (typeof field === "object" && field !== null) {
		return true;
	}
	throw new SetupError(
		"VIV_SCHEMA",
		`the setting of ${variable} is declared by a schema, by env(name, schema) or by a group of settings, but got ${String(field)}`,
	);
}

/** A declared setting. */
interface Setting {
	readonly variables: readonly string[];
	readonly schema: StandardSchemaV1;
	readonly shape: Shape;
	readonly isSecret: boolean;
}

function toSetting(
	variables: readonly string[],
	schema: StandardSchemaV1,
): Setting {
	const { shape } = readSchema(schema, "input");
	const isSecret = shape.isSecret || variables.some(isSecretName);
	return { variables, schema, shape, isSecret };
}

function readSetting(
	setting: Setting,
	environment: Environment,
	problems: string[],
): unknown {
	const found = environment.find(setting.variables);
	const parsed = parseSetting(setting, found);
	if (parsed instanceof Promise) {
		throw new SetupError(
			"VIV_SCHEMA",
			`the schema of ${setting.variables[0]} validates asynchronously, but settings are read at once; give one that doesn't`,
		);
	}
	if (parsed.errors === undefined) {
		return parsed.value;
	}
	if (found === undefined) {
		problems.push(
			`  ${setting.variables.join(" or ")}: not set; looked for in ${environment.places.join(", ")}`,
		);
	} else {
		problems.push(
			...parsed.errors.map((error) => describe(error, setting, found)),
		);
	}
	return undefined;
}

function parseSetting(
	{ schema }: Setting,
	found: FoundVariable | undefined,
): Parsed | Promise<Parsed> {
	const compiled = compileSchema(schema);
	if (found === undefined) {
		return compiled.parseText(undefined, []);
	}
	const { text } = found;
	const isList = compiled.kind === "list";
	if (isList && !text.trimStart().startsWith("[")) {
		return compiled.parseText(splitList(text), []);
	}
	if (!isList && compiled.kind !== "object") {
		return compiled.parseText(text, []);
	}
	try {
		return compiled.parseJson(JSON.parse(text), []);
	} catch {
		// the error of JSON.parse repeats a part of the text, which may hold a secret
		const msg = "Input should be valid JSON";
		return { errors: [{ type: "json_invalid", loc: [], msg }] };
	}
}

function splitList(text: string): readonly string[] {
	const items = text.split(",").map((item) => item.trim());
	if (items.at(-1) === "") {
		items.pop(); // nothing at all, or a final comma
	}
	return items;
}

function describe(
	{ loc, msg, input }: ErrorDetail,
	setting: Setting,
	{ name, origin }: FoundVariable,
): string {
	const path = loc
		.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
		.join("");
	const isSecret =
		setting.isSecret || loc.some((key) => isSecretName(String(key)));
	const value = isSecret
		? " (its value is not shown)"
		: input === undefined
			? ""
			: `, but got ${JSON.stringify(concealed(input, false, undefined))}`;
	return `  ${name}${path}: ${msg}${value}; from ${origin === "environment" ? "the environment" : origin}`;
}
