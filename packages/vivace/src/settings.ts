export type { EnvFile } from "./settings/environment.ts";
export {
	type SettingsFields,
	type SettingsOf,
	type SettingsOptions,
	settings,
} from "./settings/settings.ts";
export { type EnvVariable, env } from "./settings/variable.ts";
