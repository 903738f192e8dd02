import { settings } from "vivace/settings";
import { z } from "zod";

export const config = settings({
	appName: z.string().default("Awesome API"),
	adminEmail: z.string(),
	itemsPerUser: z.int().default(50),
});
