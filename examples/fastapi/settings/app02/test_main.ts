import { dependency } from "vivace";
import { settings } from "vivace/settings";
import { appSettings, settingsFields } from "./config.ts";
import { app } from "./main.ts";

const testSettings = dependency(
	() =>
		settings(settingsFields, {
			env: { ADMIN_EMAIL: "testing_admin@example.com" },
		}),
	{ scope: "app" },
);

app.overrides.set(appSettings, testSettings);

export { app };
