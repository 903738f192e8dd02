import { errors, jwtVerify, SignJWT } from "jose";
import { App, dependency, HTTPException, Security } from "vivace";
import {
	oauth2PasswordBearer,
	oauth2PasswordRequestForm,
	SecurityScopes,
	verifyPassword,
} from "vivace/security";
import { z } from "zod";
import {
	accessTokenExpireMinutes,
	algorithm,
	johndoe,
	secretKey,
	Token,
	User,
	type UserInDB,
} from "./users.ts";

const Claims = z.object({ sub: z.string(), scope: z.string().default("") });

const alice: UserInDB = {
	username: "alice",
	full_name: "Alice Chains",
	email: "alicechains@example.com",
	hashed_password:
		"$argon2id$v=19$m=65536,t=3,p=4$g2/AV1zwopqUntPKJavBFw$BwpRGDCyUHLvHICnwijyX8ROGoiUPwNKZ7915MeYfCE",
	disabled: true,
};

const fakeUsersDb = new Map(
	[johndoe, alice].map((user) => [user.username, user]),
);

const oauth2Scheme = oauth2PasswordBearer({
	tokenUrl: "token",
	scopes: {
		me: "Read information about the current user.",
		items: "Read items.",
	},
});

export const app = new App({ title: "FastAPI" });

const getCurrentUser = dependency(
	{ security_scopes: SecurityScopes, token: oauth2Scheme },
	async ({ security_scopes, token }) => {
		const headers = { "WWW-Authenticate": security_scopes.challenge };
		const claims = await readClaims(token);
		const user = claims && fakeUsersDb.get(claims.sub);
		if (user === undefined) {
			throw new HTTPException(401, "Could not validate credentials", {
				headers,
			});
		}
		const granted = claims?.scope.split(" ");
		if (!security_scopes.scopes.every((scope) => granted?.includes(scope))) {
			throw new HTTPException(401, "Not enough permissions", { headers });
		}
		return user;
	},
);

/** The claims of a token of ours; `undefined` of any other. */
async function readClaims(
	token: string,
): Promise<z.infer<typeof Claims> | undefined> {
	try {
		const { payload } = await jwtVerify(token, secretKey, {
			algorithms: [algorithm],
		});
		return Claims.safeParse(payload).data;
	} catch (error) {
		if (error instanceof errors.JOSEError) {
			return undefined;
		}
		throw error;
	}
}

const getCurrentActiveUser = dependency(
	{ current_user: Security(getCurrentUser, ["me"]) },
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
		const { username, password, scopes } = form_data;
		const user = fakeUsersDb.get(username);
		// without a hash it takes as long as with one
		if (!(await verifyPassword(password, user?.hashed_password))) {
			throw new HTTPException(400, "Incorrect username or password");
		}
		const token = new SignJWT({ scope: scopes.join(" ") })
			.setProtectedHeader({ alg: algorithm, typ: "JWT" })
			.setSubject(username)
			.setExpirationTime(`${accessTokenExpireMinutes}m`);
		return { access_token: await token.sign(secretKey), token_type: "bearer" };
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
	{ current_user: Security(getCurrentActiveUser, ["items"]) },
	function read_own_items({ current_user }) {
		return [{ item_id: "Foo", owner: current_user.username }];
	},
);

app.get(
	"/status/",
	{ current_user: getCurrentUser },
	function read_system_status() {
		return { status: "ok" };
	},
);
