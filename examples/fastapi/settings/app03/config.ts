import { dependency } from "vivace";
import { settings } from "vivace/settings";
import { z } from "zod";

const fields = {
	appName: z.string().default("Awesome API"),
	adminEmail: z.string(),
	itemsPerUser: z.int().default(50),
};

export const appSettings = dependency(
	() => settings(fields, { envFile: ".env" }),
	{ scope: "app" },
);
