import { errors, jwtVerify, SignJWT } from "jose";
import { App, dependency, HTTPException } from "vivace";
import {
	oauth2PasswordBearer,
	oauth2PasswordRequestForm,
	verifyPassword,
} from "vivace/security";
import {
	accessTokenExpireMinutes,
	algorithm,
	johndoe,
	secretKey,
	Token,
	User,
	type UserInDB,
} from "./users.ts";

const fakeUsersDb = new Map([[johndoe.username, johndoe]]);

const oauth2Scheme = oauth2PasswordBearer({ tokenUrl: "token" });

export const app = new App({ title: "FastAPI" });

async function authenticateUser(
	username: string,
	password: string,
): Promise<UserInDB | undefined> {
	const user = fakeUsersDb.get(username);
	// without a hash it takes as long as with one
	return (await verifyPassword(password, user?.hashed_password))
		? user
		: undefined;
}

function createAccessToken(username: string): Promise<string> {
	return new SignJWT()
		.setProtectedHeader({ alg: algorithm, typ: "JWT" })
		.setSubject(username)
		.setExpirationTime(`${accessTokenExpireMinutes}m`)
		.sign(secretKey);
}

const getCurrentUser = dependency(
	{ token: oauth2Scheme },
	async ({ token }) => {
		const refused = new HTTPException(401, "Could not validate credentials", {
			headers: { "WWW-Authenticate": "Bearer" },
		});
		try {
			const { payload } = await jwtVerify(token, secretKey, {
				algorithms: [algorithm],
			});
			const user = fakeUsersDb.get(payload.sub ?? "");
			if (user === undefined) {
				throw refused;
			}
			return user;
		} catch (error) {
			throw error instanceof errors.JOSEError ? refused : error;
		}
	},
);

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
	{ path: "/token", response: Token },
	{ form_data: oauth2PasswordRequestForm },
	async function login_for_access_token({ form_data }) {
		const { username, password } = form_data;
		const user = await authenticateUser(username, password);
		if (user === undefined) {
			throw new HTTPException(401, "Incorrect username or password", {
				headers: { "WWW-Authenticate": "Bearer" },
			});
		}
		return {
			access_token: await createAccessToken(user.username),
			token_type: "bearer",
		};
	},
);

app.get(
	{ path: "/users/me/", response: User },
	{ current_user: getCurrentActiveUser },
	function read_users_me({ current_user }) {
		return current_user;
	},
);

app.get(
	"/users/me/items/",
	{ current_user: getCurrentActiveUser },
	function read_own_items({ current_user }) {
		return [{ item_id: "Foo", owner: current_user.username }];
	},
);
