import { App, dependency, HTTPException } from "vivace";
import {
	oauth2PasswordBearer,
	oauth2PasswordRequestForm,
} from "vivace/security";

interface UserInDB {
	readonly username: string;
	readonly full_name: string;
	readonly email: string;
	readonly hashed_password: string;
	readonly disabled: boolean;
}

const fakeUsersDb = new Map<string, UserInDB>([
	[
		"johndoe",
		{
			username: "johndoe",
			full_name: "John Doe",
			email: "johndoe@example.com",
			hashed_password: "fakehashedsecret",
			disabled: false,
		},
	],
	[
		"alice",
		{
			username: "alice",
			full_name: "Alice Wonderson",
			email: "alice@example.com",
			hashed_password: "fakehashedsecret2",
			disabled: true,
		},
	],
]);

export const app = new App({ title: "FastAPI" });

const oauth2Scheme = oauth2PasswordBearer({ tokenUrl: "token" });

/** No security at all; tutorial004 has it. */
function fakeHashPassword(password: string): string {
	return `fakehashed${password}`;
}

const getCurrentUser = dependency({ token: oauth2Scheme }, ({ token }) => {
	const user = fakeUsersDb.get(token);
	if (user === undefined) {
		throw new HTTPException(401, "Not authenticated", {
			headers: { "WWW-Authenticate": "Bearer" },
		});
	}
	return user;
});

const getCurrentActiveUser = dependency(
	{ current_user: getCurrentUser },
	({ current_user }) => {
		if (current_user.disabled) {
			throw new HTTPException(400, "Inactive user");
		}
		return current_user;
	},
);

app.post(
	"/token",
	{ form_data: oauth2PasswordRequestForm },
	function login({ form_data }) {
		const user = fakeUsersDb.get(form_data.username);
		if (
			user === undefined ||
			fakeHashPassword(form_data.password) !== user.hashed_password
		) {
			throw new HTTPException(400, "Incorrect username or password");
		}
		return { access_token: user.username, token_type: "bearer" };
	},
);

app.get(
	"/users/me",
	{ current_user: getCurrentActiveUser },
	function read_users_me({ current_user }) {
		return current_user;
	},
);
