import { dependency } from "vivace";
import { settings } from "vivace/settings";
import { z } from "zod";

export const settingsFields = {
	appName: z.string().default("Awesome API"),
	adminEmail: z.string(),
	itemsPerUser: z.int().default(50),
};

/** The settings: read once, before the first request, so that a missing one is noticed at once. */
export const appSettings = dependency(() => settings(settingsFields), {
	scope: "app",
});
