import { App } from "vivace";
import { z } from "zod";

export const app = new App({
	title: "FastAPI",
	swaggerUiParameters: { syntaxHighlight: { theme: "obsidian" } },
});

app.get(
	"/users/{username}",
	{ username: z.string() },
	function read_user({ username }) {
		return { message: `Hello ${username}` };
	},
);
