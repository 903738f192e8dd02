import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const UserBase = z.object({
	username: z.string(),
	email: z.email(),
	full_name: z.string().nullish(),
});

const UserIn = UserBase.extend({ password: z.string() }).meta({ id: "UserIn" });

const UserOut = UserBase.meta({ id: "UserOut" });

interface UserInDB extends z.infer<typeof UserBase> {
	hashed_password: string;
}

function fakePasswordHasher(password: string) {
	return `supersecret${password}`;
}

function fakeSaveUser({ password, ...user }: z.infer<typeof UserIn>): UserInDB {
	return { ...user, hashed_password: fakePasswordHasher(password) };
}

app.post(
	{ path: "/user/", response: UserOut },
	{ user_in: UserIn },
	function create_user({ user_in }) {
		return fakeSaveUser(user_in);
	},
);
