import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { App } from "vivace";
import {
	oauth2PasswordRequestForm,
	oauth2PasswordRequestFormStrict,
} from "vivace/security";
import { TestClient } from "vivace/testing";

const app = new App();
app.post(
	"/login",
	{ form: oauth2PasswordRequestFormStrict },
	function login({ form }) {
		return form;
	},
);
app.post(
	"/loose",
	{ form: oauth2PasswordRequestForm },
	function loose({ form }) {
		return form;
	},
);

const sent = { username: "johndoe", password: "secret" };
const read = {
	grantType: "password",
	username: "johndoe",
	password: "secret",
	scopes: [],
	clientId: null,
	clientSecret: null,
};
const missing = (name: string) => ({
	type: "missing",
	loc: ["body", name],
	msg: "Field required",
	input: null,
});

describe("oauth2PasswordRequestFormStrict", () => {
	it("wants grant_type=password", async () => {
		await using client = await TestClient.start(app);
		const right = { ...sent, grant_type: "password" };
		const response = await client.post("/login", { form: right });
		assert.deepEqual(await response.json(), read);
		const none = await client.post("/login");
		assert.equal(none.status, 422);
		assert.deepEqual(await none.json(), {
			detail: [missing("grant_type"), missing("username"), missing("password")],
		});
		for (const grant_type of ["", undefined]) {
			const form = grant_type === "" ? { ...sent, grant_type } : sent;
			const answer = await client.post("/login", { form });
			assert.deepEqual(await answer.json(), {
				detail: [missing("grant_type")],
			});
		}
		for (const grant_type of ["incorrect", "passwordblah", "blahpassword"]) {
			const form = { ...sent, grant_type };
			const answer = await client.post("/login", { form });
			assert.equal(answer.status, 422);
			assert.deepEqual(await answer.json(), {
				detail: [
					{
						type: "string_pattern_mismatch",
						loc: ["body", "grant_type"],
						msg: "String should match pattern '^password$'",
						input: grant_type,
						ctx: { pattern: "^password$" },
					},
				],
			});
		}
	});
});

describe("oauth2PasswordRequestForm", () => {
	it("does without a grant type, and refuses another", async () => {
		await using client = await TestClient.start(app);
		for (const form of [sent, { ...sent, grant_type: "" }]) {
			const response = await client.post("/loose", { form });
			assert.deepEqual(await response.json(), { ...read, grantType: null });
		}
		const form = { ...sent, grant_type: "code" };
		assert.equal((await client.post("/loose", { form })).status, 422);
	});

	it("may be multipart, and is no JSON", async () => {
		await using client = await TestClient.start(app);
		const form = new FormData();
		form.set("username", "johndoe");
		form.set("password", "secret");
		const response = await client.post("/loose", { form });
		assert.deepEqual(await response.json(), { ...read, grantType: null });
		const json = await client.post("/loose", { json: sent });
		assert.deepEqual(await json.json(), {
			detail: [missing("username"), missing("password")],
		});
	});
});

it("both are in the document as FastAPI has them", async () => {
	await using client = await TestClient.start(app);
	const document = (await (await client.get("/openapi.json")).json()) as {
		components: { schemas: Record<string, unknown> };
	};
	const text = (title: string) => ({ title, type: "string" });
	const optional = (title: string) => ({
		title,
		anyOf: [{ type: "string" }, { type: "null" }],
	});
	const pattern = "^password$";
	assert.deepEqual(document.components.schemas.Body_login_login_post, {
		title: "Body_login_login_post",
		required: ["grant_type", "username", "password"],
		type: "object",
		properties: {
			grant_type: { ...text("Grant Type"), pattern },
			username: text("Username"),
			password: text("Password"),
			scope: { ...text("Scope"), default: "" },
			client_id: optional("Client Id"),
			client_secret: optional("Client Secret"),
		},
	});
	const grantTypes = [{ type: "string", pattern }, { type: "null" }];
	assert.deepEqual(document.components.schemas.Body_loose_loose_post, {
		title: "Body_loose_loose_post",
		required: ["username", "password"],
		type: "object",
		properties: {
			grant_type: { title: "Grant Type", anyOf: grantTypes },
			username: text("Username"),
			password: { ...text("Password"), format: "password" },
			scope: { ...text("Scope"), default: "" },
			client_id: optional("Client Id"),
			client_secret: { ...optional("Client Secret"), format: "password" },
		},
	});
});
