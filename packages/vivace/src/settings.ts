export type { EnvFile } from "./settings/env-file.ts";
export type { SecretsDir } from "./settings/secrets-layer.ts";
export {
	type SettingsOf,
	type SettingsOptions,
	settings,
} from "./settings/settings.ts";
export type { SettingsSource } from "./settings/values-layer.ts";
export {
	type EnvVariable,
	env,
	type SettingsFields,
} from "./settings/variable.ts";
