import { settings } from "vivace/settings";
import { z } from "zod";

export const config = settings(
	{
		host: z.string().default("127.0.0.1"),
		port: z.int().min(0).max(65_535).default(8000),
		databaseUrl: z.string(),
	},
	{ envFile: ".env" },
);
