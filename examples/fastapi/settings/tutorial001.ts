import { App } from "vivace";
import { settings } from "vivace/settings";
import { z } from "zod";

const config = settings({
	appName: z.string().default("Awesome API"),
	adminEmail: z.string(),
	itemsPerUser: z.int().default(50),
});

export const app = new App({ title: "FastAPI" });

app.get("/info", function info() {
	return {
		app_name: config.appName,
		admin_email: config.adminEmail,
		items_per_user: config.itemsPerUser,
	};
});
