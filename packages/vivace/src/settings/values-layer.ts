import { assertOptions, type OptionRules } from "../errors/options.ts";
import { isPlainObject } from "../schema/shape/plain-object.ts";
import type { FoundSetting, Layer, SettingKey } from "./layer.ts";
import { isSameSetting } from "./variable.ts";

/** Settings that the program has read itself: from a file of JSON, TOML or YAML, from a vault. */
export interface SettingsSource {
	/** As messages name it: `"config.toml"`. */
	readonly name: string;
	/** The values by setting, in groups as the settings are; `database_url` is read for `databaseUrl` too. Undefined counts as not set. */
	readonly values: object;
	/** True when no value of it is to be printed. Default: `false`. */
	readonly secret?: boolean;
	/** True when it may have names that no setting has. Default: `false`. */
	readonly ignoreUnknown?: boolean;
}

const rules: OptionRules<SettingsSource> = {
	name: { required: "text" },
	values: { required: "record" },
	secret: "boolean",
	ignoreUnknown: "boolean",
};

/** The values of a {@link SettingsSource}. */
export class ValuesLayer implements Layer {
	readonly place: string;
	readonly #source: SettingsSource;

	constructor(source: SettingsSource) {
		assertOptions("settings(): sources", source, rules);
		this.#source = source;
		this.place = source.name;
	}

	find({ path }: SettingKey): FoundSetting | undefined {
		const { values, name, secret = false } = this.#source;
		const value = valueAt(values, path);
		return value === undefined
			? undefined
			: {
					name: path.join("."),
					content: { value },
					origin: name,
					isSecret: secret,
				};
	}
}

/** The member of nested records at a path, each part of it as it is written, else as the same words in another case. */
export function valueAt(values: object, path: readonly string[]): unknown {
	let value: unknown = values;
	for (const part of path) {
		if (!isPlainObject(value)) {
			return undefined;
		}
		const name = Object.hasOwn(value, part)
			? part
			: Object.keys(value).find((key) => isSameSetting(key, part));
		value = name === undefined ? undefined : value[name];
	}
	return value;
}
