import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get("/users/me", function read_user_me() {
	return { user_id: "the current user" };
});

app.get(
	"/users/{user_id}",
	{ user_id: z.string() },
	function read_user({ user_id }) {
		return { user_id };
	},
);
