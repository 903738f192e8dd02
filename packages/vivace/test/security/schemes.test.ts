import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { App, type Dependency, dependency, UploadFile } from "vivace";
import {
	apiKeyCookie,
	apiKeyHeader,
	apiKeyQuery,
	httpBase,
	httpBasic,
	httpBearer,
	httpDigest,
	oauth2,
	oauth2AuthorizationCodeBearer,
	oauth2PasswordBearer,
	openIdConnect,
	type SchemeOptions,
	sameSecret,
} from "vivace/security";
import { TestClient } from "vivace/testing";
import { z } from "zod";

type Sent = readonly [
	url: string,
	headers: Readonly<Record<string, string>>,
	value: unknown,
];

/** A scheme, the requests that it takes, and those that it refuses: 401 with `challenge`, or no credentials where it is optional. */
interface Row {
	readonly name: string;
	readonly make: (
		options: SchemeOptions,
	) => Dependency<unknown, "request"> | Dependency<unknown>;
	readonly challenge: string;
	/** In the document, without the description. */
	readonly scheme: Readonly<Record<string, unknown>>;
	readonly taken: readonly Sent[];
	readonly none: readonly Readonly<Record<string, string>>[];
	/** Refused also where the scheme is optional. */
	readonly refused?: readonly Readonly<Record<string, string>>[];
}

const authorized = (
	authorization: string,
): Readonly<Record<string, string>> => ({
	authorization,
});
const basic = (text: string): Readonly<Record<string, string>> =>
	authorized(`Basic ${Buffer.from(text).toString("base64")}`);
const bearerSent = (value: (token: string) => unknown): readonly Sent[] => [
	["/", authorized("Bearer abc"), value("abc")],
	["/", authorized("bearer   abc def "), value("abc def")],
];
const code = { authorizationUrl: "authorize", tokenUrl: "token" };

const rows: readonly Row[] = [
	{
		name: "APIKeyHeader",
		make: (options) => apiKeyHeader({ name: "X-Key", ...options }),
		challenge: "APIKey",
		scheme: { type: "apiKey", in: "header", name: "X-Key" },
		taken: [["/", { "x-key": "secret" }, "secret"]],
		none: [{}, { "x-key": "" }],
	},
	{
		name: "APIKeyQuery",
		make: (options) => apiKeyQuery({ name: "key", ...options }),
		challenge: "APIKey",
		scheme: { type: "apiKey", in: "query", name: "key" },
		taken: [
			["/?key=secret", {}, "secret"],
			["/?key=other&key=secret", {}, "secret"],
		],
		none: [{}],
	},
	{
		name: "APIKeyCookie",
		make: (options) => apiKeyCookie({ name: "key", ...options }),
		challenge: "APIKey",
		scheme: { type: "apiKey", in: "cookie", name: "key" },
		taken: [["/", { cookie: "key=other; key=secret" }, "secret"]],
		none: [{}, { cookie: "key=" }, { cookie: "Key=secret" }],
	},
	{
		name: "HTTPBase",
		make: (options) => httpBase({ scheme: "hmac-sign", ...options }),
		challenge: "Hmac-Sign",
		scheme: { type: "http", scheme: "hmac-sign" },
		taken: [
			["/", authorized("Other abc"), { scheme: "Other", credentials: "abc" }],
		],
		none: [{}, authorized("Other"), authorized("Other ")],
	},
	{
		name: "HTTPBasic",
		make: httpBasic,
		challenge: "Basic",
		scheme: { type: "http", scheme: "basic" },
		taken: [
			["/", basic("john:a:b"), { username: "john", password: "a:b" }],
			["/", basic(":"), { username: "", password: "" }],
			[
				"/",
				authorized("basic am9objpzZWNyZXQ= junk"),
				{ username: "john", password: "secret" },
			],
			[
				"/",
				authorized("Basic am9o*bjpzZWNyZXQ="),
				{ username: "john", password: "secret" },
			],
		],
		none: [{}, authorized("Bearer abc")],
		refused: [
			authorized("Basic"),
			authorized("Basic notabase64token"),
			authorized("Basic am9objpzZWNyZXQ"),
			basic("johnsecret"),
			basic("änn:pässé"),
		],
	},
	{
		name: "HTTPBearer",
		make: (options) => httpBearer({ bearerFormat: "JWT", ...options }),
		challenge: "Bearer",
		scheme: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
		taken: [
			["/", authorized("Bearer abc"), { scheme: "Bearer", credentials: "abc" }],
			["/", authorized("bEARER abc"), { scheme: "bEARER", credentials: "abc" }],
		],
		none: [{}, authorized("Bearer"), authorized("Basic abc")],
	},
	{
		name: "HTTPDigest",
		make: httpDigest,
		challenge: "Digest",
		scheme: { type: "http", scheme: "digest" },
		taken: [
			["/", authorized("Digest a=b"), { scheme: "Digest", credentials: "a=b" }],
		],
		none: [{}, authorized("Digest"), authorized("Other abc")],
	},
	{
		name: "OAuth2",
		make: (options) =>
			oauth2({ flows: { password: { tokenUrl: "token" } }, ...options }),
		challenge: "Bearer",
		scheme: {
			type: "oauth2",
			flows: { password: { tokenUrl: "token", scopes: {} } },
		},
		taken: [["/", authorized("Other abc"), "Other abc"]],
		none: [{}],
	},
	{
		name: "OAuth2PasswordBearer",
		make: (options) => oauth2PasswordBearer({ tokenUrl: "token", ...options }),
		challenge: "Bearer",
		scheme: {
			type: "oauth2",
			flows: { password: { tokenUrl: "token", scopes: {} } },
		},
		taken: [...bearerSent((token) => token), ["/", authorized("Bearer"), ""]],
		none: [{}, authorized("Basic abc"), authorized("Bearerabc")],
	},
	{
		name: "OAuth2AuthorizationCodeBearer",
		make: (options) =>
			oauth2AuthorizationCodeBearer({
				...code,
				refreshUrl: "refresh",
				scopes: { me: "Yourself" },
				...options,
			}),
		challenge: "Bearer",
		scheme: {
			type: "oauth2",
			flows: {
				authorizationCode: {
					...code,
					refreshUrl: "refresh",
					scopes: { me: "Yourself" },
				},
			},
		},
		taken: [...bearerSent((token) => token), ["/", authorized("Bearer"), ""]],
		none: [{}, authorized("Basic abc")],
	},
	{
		name: "OpenIdConnect",
		make: (options) =>
			openIdConnect({ openIdConnectUrl: "/openid", ...options }),
		challenge: "Bearer",
		scheme: { type: "openIdConnect", openIdConnectUrl: "/openid" },
		taken: [["/", authorized("Other abc"), "Other abc"]],
		none: [{}],
	},
];

function appWith(scheme: Dependency<unknown>): App {
	const app = new App();
	app.get("/", { value: scheme }, ({ value }) => ({ value: value ?? null }));
	return app;
}

async function documentOf(app: App): Promise<Record<string, never>> {
	await using client = await TestClient.start(app);
	return (await client.get("/openapi.json")).json() as never;
}

for (const row of rows) {
	describe(`${row.name}, as FastAPI's`, () => {
		it("gives the credentials of a request", async () => {
			await using client = await TestClient.start(appWith(row.make({})));
			for (const [url, headers, value] of row.taken) {
				const response = await client.get(url, { headers });
				assert.deepEqual(await response.json(), { value });
			}
		});

		it("refuses a request without", async () => {
			await using client = await TestClient.start(appWith(row.make({})));
			for (const headers of [...row.none, ...(row.refused ?? [])]) {
				const response = await client.get("/", { headers });
				assert.equal(response.status, 401);
				assert.deepEqual(await response.json(), {
					detail: "Not authenticated",
				});
				assert.equal(response.headers.get("www-authenticate"), row.challenge);
			}
		});

		it("lets it pass where it is optional", async () => {
			const app = appWith(row.make({ autoError: false }));
			await using client = await TestClient.start(app);
			for (const [url, headers, value] of row.taken) {
				const response = await client.get(url, { headers });
				assert.deepEqual(await response.json(), { value });
			}
			for (const headers of row.none) {
				const response = await client.get("/", { headers });
				assert.deepEqual(await response.json(), { value: null });
			}
			for (const headers of row.refused ?? []) {
				const response = await client.get("/", { headers });
				assert.equal(response.status, 401);
				assert.equal(response.headers.get("www-authenticate"), row.challenge);
			}
		});

		it("refuses with 403, and then without a challenge", async () => {
			const app = appWith(row.make({ status: 403 }));
			await using client = await TestClient.start(app);
			const response = await client.get("/");
			assert.equal(response.status, 403);
			assert.deepEqual(await response.json(), { detail: "Not authenticated" });
			assert.equal(response.headers.has("www-authenticate"), false);
		});

		it("is in the document, with and without a description", async () => {
			const plain = await documentOf(appWith(row.make({})));
			assert.deepEqual(plain.components, {
				securitySchemes: { [row.name]: row.scheme },
			});
			assert.deepEqual(operation(plain).security, [{ [row.name]: [] }]);
			assert.equal("422" in operation(plain).responses, false);
			const description = "How to get in";
			const options = { description, schemeName: "door", autoError: false };
			const described = await documentOf(appWith(row.make(options)));
			assert.deepEqual(described.components, {
				securitySchemes: { door: { ...row.scheme, description } },
			});
			assert.deepEqual(operation(described).security, [{ door: [] }]);
		});

		it("refuses options that it has not", () => {
			assert.throws(
				() => row.make({ auto_error: false } as never),
				/there is no option "auto_error"; write "autoError"/,
			);
			assert.throws(() => row.make({ status: 402 } as never), /status must be/);
		});
	});
}

function operation(document: Record<string, unknown>): {
	security: unknown;
	responses: Record<string, unknown>;
} {
	const paths = document.paths as Record<string, Record<string, never>>;
	return paths["/"]?.get as never;
}

describe("httpBasic", () => {
	it("names the realm, quoted", async () => {
		const app = appWith(httpBasic({ realm: 'a "b" \\ c' }));
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(
			response.headers.get("www-authenticate"),
			'Basic realm="a \\"b\\" \\\\ c"',
		);
		assert.throws(() => httpBasic({ realm: "a\r\nb" }), /realm must be/);
	});

	it("reads UTF-8 where it says so", async () => {
		const app = appWith(httpBasic({ realm: "r", charset: "UTF-8" }));
		await using client = await TestClient.start(app);
		const read = await client.get("/", { headers: basic("änn:pässé") });
		assert.deepEqual(await read.json(), {
			value: { username: "änn", password: "pässé" },
		});
		const broken = Buffer.from([0xff, 0x3a]).toString("base64");
		const refused = await client.get("/", {
			headers: authorized(`Basic ${broken}`),
		});
		assert.equal(refused.status, 401);
		assert.equal(
			refused.headers.get("www-authenticate"),
			'Basic realm="r", charset="UTF-8"',
		);
	});
});

describe("schemes", () => {
	it("refuse names that no request could carry", () => {
		assert.throws(() => apiKeyHeader({ name: "X Key" }), /name must be/);
		assert.throws(() => apiKeyCookie({ name: "a=b" }), /name must be/);
		assert.throws(() => apiKeyQuery({ name: "" }), /name must be/);
		assert.throws(() => httpBase({ scheme: "a b" }), /scheme must be/);
		assert.throws(
			() => oauth2PasswordBearer({ tokenUrl: "" }),
			/tokenUrl must be/,
		);
	});

	it("go before validation", async () => {
		const app = new App();
		const key = apiKeyHeader({ name: "X-Key" });
		app.get("/items/{id}", { id: z.int(), key }, ({ id }) => id);
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/items/a")).status, 401);
		const headers = { "x-key": "k" };
		assert.equal((await client.get("/items/a", { headers })).status, 422);
	});

	it("take the first key of several header lines", async () => {
		const app = new App();
		const key = apiKeyHeader({ name: "X-Key" });
		app.get("/", { key }, ({ key }) => key);
		await using client = await TestClient.start(app);
		const ask = async (...keys: string[]) => {
			const headers = keys.map((key) => ["x-key", key] as const);
			const response = await client.get("/", { headers });
			return response.status === 200 ? response.json() : response.status;
		};
		assert.equal(await ask("a", "b"), "a");
		assert.equal(await ask("", "b"), 401);
		assert.equal(await ask("a, b"), "a, b");
	});

	it("refuse after the body was taken apart, and before its values are checked, as in FastAPI", async () => {
		const app = new App();
		const token = oauth2PasswordBearer({ tokenUrl: "token" });
		app.post("/json", { item: z.object({ a: z.int() }), token }, () => "");
		app.post("/form", { file: UploadFile, token }, () => "");
		await using client = await TestClient.start(app);
		const ask = async (
			path: string,
			type: string,
			body: string | Uint8Array,
		) => {
			const headers = { "content-type": type };
			return (await client.post(path, { body, headers })).status;
		};
		const json = "application/json";
		assert.equal(await ask("/json", json, "{bad"), 422);
		assert.equal(await ask("/json", json, Uint8Array.of(0xff, 0x7b)), 400);
		assert.equal(await ask("/json", json, "1".repeat(2_000_000)), 413);
		assert.equal(await ask("/json", json, '{"a":"x"}'), 401);
		assert.equal(await ask("/json", "text/plain", "{bad"), 401);
		assert.equal(await ask("/form", "multipart/form-data", "x"), 400);
		assert.equal(await ask("/form", json, "{bad"), 401);
	});

	it("can be overridden, and stay documented", async () => {
		const token = oauth2PasswordBearer({ tokenUrl: "token" });
		const app = appWith(token);
		const fake = dependency(() => "fake");
		app.overrides.set(token, fake);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), { value: "fake" });
		const document = await (await client.get("/openapi.json")).json();
		assert.deepEqual(operation(document as never).security, [
			{ OAuth2PasswordBearer: [] },
		]);
	});

	it("are told apart by type where they are optional", () => {
		const required: Dependency<string> = apiKeyHeader({ name: "x" });
		const optional = apiKeyHeader({ name: "x", autoError: false });
		const asOptional: Dependency<string | undefined> = optional;
		// @ts-expect-error there may be none
		const asRequired: Dependency<string> = optional;
		assert.ok(required && asOptional && asRequired);
	});
});

describe("sameSecret", () => {
	it("compares whole texts", () => {
		assert.equal(sameSecret("swordfish", "swordfish"), true);
		for (const other of ["", "swordfisi", "swordfish2", "Swordfish"]) {
			assert.equal(sameSecret(other, "swordfish"), false);
		}
	});
});
