import { App } from "vivace";
import { z } from "zod";

export const app = new App({
	title: "FastAPI",
	swaggerUiParameters: { deepLinking: false },
});

app.get(
	"/users/{username}",
	{ username: z.string() },
	function read_user({ username }) {
		return { message: `Hello ${username}` };
	},
);
