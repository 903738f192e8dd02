import { App } from "vivace";
import { appSettings } from "./config.ts";

export const app = new App({ title: "FastAPI" });

app.get("/info", { config: appSettings }, function info({ config }) {
	return {
		app_name: config.appName,
		admin_email: config.adminEmail,
		items_per_user: config.itemsPerUser,
	};
});
