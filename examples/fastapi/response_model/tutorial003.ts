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

const UserOut = UserIn.omit({ password: true }).meta({ id: "UserOut" });

app.post(
	{ path: "/user/", response: UserOut },
	{ user: UserIn },
	function create_user({ user }) {
		return user;
	},
);
