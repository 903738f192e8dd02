import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const BaseUser = z
	.object({
		username: z.string(),
		email: z.email(),
		full_name: z.string().nullish(),
	})
	.meta({ id: "BaseUser" });

const UserIn = BaseUser.extend({ password: z.string() }).meta({ id: "UserIn" });

app.post(
	{ path: "/user/", response: BaseUser },
	{ user: UserIn },
	function create_user({ user }) {
		return user;
	},
);
