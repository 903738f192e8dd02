/** A declared setting as the layers look for it. */
export interface SettingKey {
	/** Its place among the settings: `["mail", "host"]`. */
	readonly path: readonly string[];
	/** The names of its variable, the first that is set counts. */
	readonly variables: readonly string[];
	/** The variables of the groups around it, the outermost first: `["APP_MAIL"]`. */
	readonly groups: readonly string[];
}

/** A setting as it was found: a text, a value that JSON can have, or the reason why it can't be read. */
export type FoundContent =
	| { readonly text: string }
	| { readonly value: unknown }
	| { readonly problem: string };

/** The value of a setting, with where it was found. */
export interface FoundSetting {
	/** As messages name it: its variable, or its path. */
	readonly name: string;
	readonly content: FoundContent;
	/** As messages name it: `the environment`, or the path of a file. */
	readonly origin: string;
	/** Whether the value must not be shown, wherever it came from. */
	readonly isSecret: boolean;
}

/** One place in which settings are looked for. */
export interface Layer {
	/** As messages name it, with what became of it. */
	readonly place: string;
	find(key: SettingKey): FoundSetting | undefined;
	/** A variable that is set and whose name is one slip away from a setting's, unless it is another setting's. */
	slipOf?(key: SettingKey, known: ReadonlySet<string>): string | undefined;
}

/** Not the error of JSON.parse, which repeats a part of the text: that may hold a secret. */
export const invalidJson = "Input should be valid JSON";
