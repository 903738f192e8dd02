import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TestClient } from "vivace/testing";
import { checkPort, importPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const notAuthenticated = { detail: "Not authenticated" };
const sent = (authorization: string) => ({ headers: { authorization } });

checkPort("security.tutorial001", [
	["GET /items/", 401, notAuthenticated],
	["GET /items/", sent("Bearer testtoken"), 200, { token: "testtoken" }],
	["GET /items/", sent("Notexistent testtoken"), 401, notAuthenticated],
]);

const johnDoe = {
	username: "johndoe",
	full_name: "John Doe",
	email: "johndoe@example.com",
	disabled: false,
};

checkPort("security.tutorial002", [
	["GET /users/me", 401, notAuthenticated],
	[
		"GET /users/me",
		sent("Bearer testtoken"),
		200,
		{
			username: "testtokenfakedecoded",
			email: "john@example.com",
			full_name: "John Doe",
			disabled: null,
		},
	],
]);

const wrongLogin = { detail: "Incorrect username or password" };
const john = { username: "johndoe", password: "secret" };

checkPort("security.tutorial003", [
	[
		"POST /token",
		{ form: john },
		200,
		{ access_token: "johndoe", token_type: "bearer" },
	],
	["POST /token", { form: { ...john, password: "x" } }, 400, wrongLogin],
	["POST /token", { form: { ...john, username: "x" } }, 400, wrongLogin],
	[
		"POST /token",
		422,
		invalid(missing(["body", "username"]), missing(["body", "password"])),
	],
	["GET /users/me", 401, notAuthenticated],
	["GET /users/me", sent("Bearer nonexistent"), 401, notAuthenticated],
	["GET /users/me", sent("Bearer alice"), 400, { detail: "Inactive user" }],
	[
		"GET /users/me",
		sent("Bearer johndoe"),
		200,
		{ ...johnDoe, hashed_password: "fakehashedsecret" },
	],
]);

const invalidToken = { detail: "Could not validate credentials" };

checkPort("security.tutorial004", [
	["POST /token", { form: { ...john, password: "x" } }, 401, wrongLogin],
	["POST /token", { form: { ...john, username: "x" } }, 401, wrongLogin],
	["GET /users/me/", 401, notAuthenticated],
	["GET /users/me/", sent("Bearer x.y.z"), 401, invalidToken],
	[
		// sub: johndoe, signed with another secret
		"GET /users/me/",
		sent(
			"Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJqb2huZG9lIn0.QV2rVkxwA_E6Q5HcSf4hm2RZZrRQx4QzFyCvyyZzH3c",
		),
		401,
		invalidToken,
	],
]);

checkPort("security.tutorial005", [
	["POST /token", { form: { ...john, password: "x" } }, 400, wrongLogin],
	["GET /status/", 401, notAuthenticated],
	["GET /status/", sent("Bearer x.y.z"), 401, invalidToken],
]);

const credentials = (text: string) => sent(`Basic ${btoa(text)}`);

checkPort("security.tutorial006", [
	[
		"GET /users/me",
		credentials("john:secret"),
		200,
		{ ...john, username: "john" },
	],
	["GET /users/me", 401, notAuthenticated],
	["GET /users/me", credentials("johnsecret"), 401, notAuthenticated],
	["GET /users/me", sent("Basic notabase64token"), 401, notAuthenticated],
]);

checkPort("security.tutorial007", [
	[
		"GET /users/me",
		credentials("stanleyjobson:swordfish"),
		200,
		{ username: "stanleyjobson" },
	],
	["GET /users/me", credentials("alice:swordfish"), 401, wrongLogin],
	["GET /users/me", credentials("stanleyjobson:x"), 401, wrongLogin],
	["GET /users/me", 401, notAuthenticated],
]);

checkPort("authentication_error_status_code.tutorial001", [
	[
		"GET /me",
		sent("Bearer secrettoken"),
		200,
		{ message: "You are authenticated", token: "secrettoken" },
	],
	["GET /me", 403, notAuthenticated],
]);

for (const name of ["security.tutorial004", "security.tutorial005"]) {
	describe(name, () => {
		it("lets in who has logged in, and no further than his scopes", async () => {
			await using client = await TestClient.start(await importPort(name));
			const login = async (scope: string, username = "johndoe") => {
				const form = { username, password: "secret", scope };
				const response = await client.post("/token", { form });
				const { access_token } = (await response.json()) as {
					access_token: string;
				};
				return sent(`Bearer ${access_token}`);
			};
			const all = await login("me items");
			const me = await client.get("/users/me/", all);
			assert.deepEqual(await me.json(), johnDoe);
			const items = await client.get("/users/me/items/", all);
			assert.deepEqual(await items.json(), [
				{ item_id: "Foo", owner: "johndoe" },
			]);
			if (name === "security.tutorial004") {
				return;
			}
			const some = await login("me");
			assert.equal((await client.get("/users/me/", some)).status, 200);
			const refused = await client.get("/users/me/items/", some);
			assert.equal(refused.status, 401);
			assert.deepEqual(await refused.json(), {
				detail: "Not enough permissions",
			});
			assert.equal(
				refused.headers.get("www-authenticate"),
				'Bearer scope="items me"',
			);
			const none = await client.get("/status/", await login(""));
			assert.deepEqual(await none.json(), { status: "ok" });
			const form = { username: "alice", password: "secretalice", scope: "me" };
			const alice = await client.post("/token", { form });
			const { access_token } = (await alice.json()) as { access_token: string };
			const inactive = await client.get(
				"/users/me/",
				sent(`Bearer ${access_token}`),
			);
			assert.deepEqual(await inactive.json(), { detail: "Inactive user" });
		});
	});
}
