import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { ErrorDetail } from "../errors/validation-error.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { readSchema } from "../schema/read-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import type { Shape } from "../schema/shape/shape.ts";
import { isSchema, type OutputOf } from "../schema/standard-schema.ts";
import { type EnvFile, readEnvFile } from "./env-file.ts";
import {
	type FoundContent,
	type FoundSetting,
	invalidJson,
	type Layer,
	type SettingKey,
} from "./layer.ts";
import { concealed, freezeConcealed, isSecretName } from "./secret.ts";
import { type SecretsDir, SecretsLayer } from "./secrets-layer.ts";
import { unknownNames } from "./unknown-names.ts";
import { type SettingsSource, ValuesLayer } from "./values-layer.ts";
import { EnvVariable, type SettingsFields, variableName } from "./variable.ts";
import { VariablesLayer } from "./variables-layer.ts";

/** The values of the fields of {@link settings}. */
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
	/** The beginning of every variable's name except those of {@link env}: `"APP_"`. Default: none. */
	readonly prefix?: string;
	/**
	 * Files of variables (`NAME=value` lines, as for `node --env-file`), as paths from the working directory or `file:` URLs. Later files
	 * override earlier ones, and the environment overrides all. Missing files are ignored unless `required`. Default: none.
	 */
	readonly envFile?: EnvFile | readonly EnvFile[];
	/**
	 * Folders whose files have the names of variables, as Docker (`/run/secrets`) and Kubernetes mount secrets. The environment and
	 * `envFile` override them, later folders override earlier ones, and white space around values is removed. Their values are never
	 * printed. Missing folders are ignored unless `required`. Default: none.
	 */
	readonly secretsDir?: SecretsDir | readonly SecretsDir[];
	/** Values that the program has read itself. They have the lowest priority, and earlier ones override later ones. Default: none. */
	readonly sources?: readonly SettingsSource[];
	/** Separates the name of a group from those of its settings: `"__"` reads `MAIL__HOST` for `{ mail: { host } }`. Default: `"_"`. */
	readonly groupDelimiter?: string;
	/** The environment. Default: `process.env`. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** True when a variable with an empty value counts as not set. Default: `false`. */
	readonly ignoreEmpty?: boolean;
}

/**
 * Typed, validated settings from the environment and from `.env` files.
 *
 * The variable of a setting is its name in capitals with underscores, after the prefix: `databaseUrl` is read from `APP_DATABASE_URL`, in
 * any case. A group's name precedes those of its settings: `{ mail: { host } }` is `APP_MAIL_HOST`, or a member of the JSON object in
 * `APP_MAIL`. Strings are converted as in a query string; a list is JSON or separated by commas, an object is JSON. If no variable is
 * set, the schema decides: its default, `undefined` if it is optional, otherwise a problem.
 *
 * The result is frozen. Printed with `console.log` or as JSON it hides secrets: settings whose schema says `format: password` or
 * `writeOnly`, whose name contains `password`, `secret`, `token` or `key`, values from a `secretsDir`, and passwords in URLs.
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
	assertArgument("settings()", "fields", fields, "record");
	assertOptions("settings()", options, rules);
	const { prefix = "", groupDelimiter = "_" } = options;
	const reading: Reading = {
		layers: layersOf(options),
		groupDelimiter,
		known: new Set(),
		problems: new Set(),
	};
	const { values } = readGroup(
		fields,
		{ path: [], prefix, groups: [] },
		reading,
	);
	for (const source of options.sources ?? []) {
		for (const problem of unknownNames(source, fields)) {
			reading.problems.add(problem);
		}
	}
	const { size } = reading.problems;
	if (size > 0) {
		throw new SetupError(
			"VIV_SETTINGS",
			`${size === 1 ? "a setting is" : `${size} settings are`} missing or wrong; correct these variables:\n${[...reading.problems].map(toText).join("\n")}`,
		);
	}
	return values as SettingsOf<Fields>; // the schemas, from which the type is inferred, vouch for the values
}

const rules: OptionRules<SettingsOptions> = {
	prefix: "text",
	envFile: "any", // the file that can't be read is named
	secretsDir: "any",
	sources: "list",
	groupDelimiter: (value) =>
		typeof value === "string" && value !== "" ? undefined : "a text, not empty",
	env: "record",
	ignoreEmpty: "boolean",
};

/** Where settings are looked for, the first place that has one first. */
function layersOf({
	env = process.env,
	envFile = [],
	secretsDir = [],
	sources = [],
	ignoreEmpty = false,
}: SettingsOptions): readonly Layer[] {
	return [
		new VariablesLayer("the environment", env, ignoreEmpty),
		...listOf(envFile)
			.map((file) => readEnvFile(file, ignoreEmpty))
			.reverse(),
		...listOf(secretsDir)
			.map((folder) => new SecretsLayer(folder, ignoreEmpty))
			.reverse(),
		...sources.map((source) => new ValuesLayer(source)),
	];
}

function listOf<Item>(given: Item | readonly Item[]): readonly Item[] {
	return Array.isArray(given) ? given : [given as Item]; // isArray does not narrow readonly arrays
}

/** One reading of all settings. */
interface Reading {
	readonly layers: readonly Layer[];
	readonly groupDelimiter: string;
	/** The variables that are declared: all of them once everything was read. */
	readonly known: Set<string>;
	/** Each once, in order: the settings of a group whose JSON is wrong have the same. Some are told when everything was read. */
	readonly problems: Set<string | (() => string)>;
}

function toText(problem: string | (() => string)): string {
	return typeof problem === "string" ? problem : problem();
}

/** The place of a group: its path, what its variables begin with, the variables of the groups around. */
interface GroupPlace {
	readonly path: readonly string[];
	readonly prefix: string;
	readonly groups: readonly string[];
}

/** Values, and what of them may be printed. */
interface Group {
	readonly values: object;
	readonly shown: object;
}

function readGroup(
	fields: SettingsFields,
	place: GroupPlace,
	reading: Reading,
): Group {
	const values: Record<string, unknown> = {};
	const shown: Record<string, unknown> = {};
	for (const [name, field] of Object.entries(fields)) {
		const variable = variableName(place.prefix, name);
		const path = [...place.path, name];
		if (isGroup(field, variable)) {
			const prefix = `${variable}${reading.groupDelimiter}`;
			const groups = [...place.groups, variable];
			const group = readGroup(field, { path, prefix, groups }, reading);
			values[name] = group.values;
			shown[name] = group.shown;
			continue;
		}
		const isNamed = field instanceof EnvVariable;
		const variables = isNamed ? field.names : [variable];
		for (const each of variables) {
			reading.known.add(each);
		}
		const setting = toSetting(
			{ path, variables, groups: place.groups },
			isNamed ? field.schema : field,
		);
		const found = find(setting.key, reading.layers);
		values[name] = readSetting(setting, found, reading);
		shown[name] = concealed(
			values[name],
			setting.isSecret || found?.isSecret === true || isSecretName(name),
			setting.shape,
		);
	}
	return { values: freezeConcealed(values, shown), shown };
}

function find(
	key: SettingKey,
	layers: readonly Layer[],
): FoundSetting | undefined {
	for (const layer of layers) {
		const found = layer.find(key);
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
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
	readonly key: SettingKey;
	readonly schema: StandardSchemaV1;
	readonly shape: Shape;
	readonly isSecret: boolean;
}

function toSetting(key: SettingKey, schema: StandardSchemaV1): Setting {
	const { shape } = readSchema(schema, "input");
	const isSecret = shape.isSecret || key.variables.some(isSecretName);
	return { key, schema, shape, isSecret };
}

function readSetting(
	setting: Setting,
	found: FoundSetting | undefined,
	{ layers, known, problems }: Reading,
): unknown {
	const { key } = setting;
	const { variables } = key;
	const parsed = parseSetting(setting, found?.content);
	if (parsed instanceof Promise) {
		throw new SetupError(
			"VIV_SCHEMA",
			`the schema of ${variables[0]} validates asynchronously, but settings are read at once; give one that doesn't`,
		);
	}
	if (parsed.errors === undefined) {
		return parsed.value;
	}
	if (found === undefined) {
		const places = layers.map(({ place }) => place).join(", ");
		problems.add(() => {
			const slip = layers
				.map((layer) => layer.slipOf?.(key, known))
				.find((name) => name !== undefined);
			const hint =
				slip === undefined
					? ""
					: `; ${slip} is set: did you mean ${variables[0]}?`;
			return `  ${variables.join(" or ")}: not set; looked for in ${places}${hint}`;
		});
	} else {
		for (const error of parsed.errors) {
			problems.add(describe(error, setting, found));
		}
	}
	return undefined;
}

function parseSetting(
	{ schema }: Setting,
	content: FoundContent | undefined,
): Parsed | Promise<Parsed> {
	const compiled = compileSchema(schema);
	if (content === undefined) {
		return compiled.parseText(undefined, []);
	}
	if ("problem" in content) {
		return refused(content.problem);
	}
	if ("value" in content) {
		return compiled.parseJson(content.value, []);
	}
	const { text } = content;
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
		return refused(invalidJson);
	}
}

function refused(msg: string): Parsed {
	return { errors: [{ type: "json_invalid", loc: [], msg }] };
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
	{ name, origin, isSecret }: FoundSetting,
): string {
	const path = loc
		.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
		.join("");
	const isHidden =
		isSecret ||
		setting.isSecret ||
		loc.some((key) => isSecretName(String(key)));
	const value = isHidden
		? " (its value is not shown)"
		: input === undefined
			? ""
			: `, but got ${JSON.stringify(concealed(input, false, undefined))}`;
	return `  ${name}${path}: ${msg}${value}; from ${origin}`;
}
