import { errors, jwtVerify, SignJWT } from "jose";
import { App, dependency, HTTPException } from "vivace";
import {
	oauth2PasswordBearer,
	oauth2PasswordRequestForm,
	verifyPassword,
} from "vivace/security";
import { z } from "zod";

// a secret of one's own: openssl rand -hex 32
const secretKey = new TextEncoder().encode(
	"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
);
const algorithm = "HS256";
const accessTokenExpireMinutes = 30;

const Token = z
	.object({ access_token: z.string(), token_type: z.string() })
	.meta({ id: "Token" });

const User = z
	.object({
		username: z.string(),
		email: z.string().nullish(),
		full_name: z.string().nullish(),
		disabled: z.boolean().nullish(),
	})
	.meta({ id: "User" });

interface UserInDB extends z.infer<typeof User> {
	readonly hashed_password: string;
}

const fakeUsersDb = new Map<string, UserInDB>([
	[
		"johndoe",
		{
			username: "johndoe",
			full_name: "John Doe",
			email: "johndoe@example.com",
			hashed_password:
				"$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc",
			disabled: false,
		},
	],
]);

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
