import { App } from "vivace";
import { config } from "./config.ts";

export const app = new App({ title: "FastAPI" });

app.get("/info", function info() {
	return {
		app_name: config.appName,
		admin_email: config.adminEmail,
		items_per_user: config.itemsPerUser,
	};
});
