import { App, dependency } from "vivace";
import { oauth2PasswordBearer } from "vivace/security";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const oauth2Scheme = oauth2PasswordBearer({ tokenUrl: "token" });

const User = z.object({
	username: z.string(),
	email: z.string().nullish(),
	full_name: z.string().nullish(),
	disabled: z.boolean().nullish(),
});

function fakeDecodeToken(token: string): z.infer<typeof User> {
	return {
		username: `${token}fakedecoded`,
		email: "john@example.com",
		full_name: "John Doe",
		disabled: null,
	};
}

const getCurrentUser = dependency({ token: oauth2Scheme }, ({ token }) =>
	fakeDecodeToken(token),
);

app.get(
	"/users/me",
	{ current_user: getCurrentUser },
	function read_users_me({ current_user }) {
		return current_user;
	},
);
