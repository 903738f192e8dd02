import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const UserIn = z
	.object({
		username: z.string(),
		password: z.string(),
		email: z.email(),
		full_name: z.string().nullish(),
	})
	.meta({ id: "UserIn" });

// Don't do this in production: the password goes back with the rest
app.post(
	{ path: "/user/", response: UserIn },
	{ user: UserIn },
	function create_user({ user }) {
		return user;
	},
);
