import { App } from "vivace";
import { settings } from "vivace/settings";
import { z } from "zod";

const config = settings({ openapiUrl: z.string().default("/openapi.json") });

export const app = new App({
	title: "FastAPI",
	openapiUrl: config.openapiUrl,
});

app.get("/", function root() {
	return { message: "Hello World" };
});
