import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { TestClient } from "vivace/testing";
import { createApp } from "../app.ts";
import type { AuthSettings } from "../auth.ts";
import { engines, type TestedDatabase } from "./engines.ts";

const secret = "a secret of thirty-two characters, or more";
const audience = "chat";
const { privateKey, publicKey } = await generateKeyPair("EdDSA");

/** The service, with the tokens of a user. */
interface Form {
	readonly name: string;
	start(): Promise<{ readonly auth: AuthSettings } & AsyncDisposable>;
	token(sub: string): Promise<string>;
}

const forms: readonly Form[] = [
	{
		name: "a secret",
		start: async () => ({
			auth: { secret, audience },
			async [Symbol.asyncDispose]() {},
		}),
		token: (sub) =>
			new SignJWT()
				.setProtectedHeader({ alg: "HS256" })
				.setSubject(sub)
				.setAudience(audience)
				.setExpirationTime("1h")
				.sign(new TextEncoder().encode(secret)),
	},
	{
		name: "a provider's keys",
		async start() {
			const keys = [{ ...(await exportJWK(publicKey)), kid: "1" }];
			const server = createServer((_, response) => {
				response.end(JSON.stringify({ keys }));
			});
			server.listen(0, "127.0.0.1");
			await once(server, "listening");
			const { port } = server.address() as AddressInfo;
			return {
				auth: { jwksUrl: `http://127.0.0.1:${port}/jwks.json`, audience },
				async [Symbol.asyncDispose]() {
					server.closeAllConnections();
					server.close();
					await once(server, "close");
				},
			};
		},
		token: (sub) =>
			new SignJWT()
				.setProtectedHeader({ alg: "EdDSA", kid: "1" })
				.setSubject(sub)
				.setAudience(audience)
				.setExpirationTime("1h")
				.sign(privateKey),
	},
];

async function startService(
	{ options }: TestedDatabase,
	auth: AuthSettings | undefined,
) {
	const log: string[] = [];
	const write = (message: string) => log.push(message);
	const client = await TestClient.start(
		createApp(
			{
				host: "127.0.0.1",
				port: 0,
				corsOrigins: ["*"],
				startTries: 1,
				livePollMs: 5_000,
				database: options,
				auth,
			},
			{ info: write, warn: write, error: write },
		),
	);
	return {
		client,
		log,
		async [Symbol.asyncDispose]() {
			await client.close();
		},
	};
}

const said = { role: "user", content: "hello" };

/** Each route with `user_id`, as it is called for user 1. */
const calls: readonly (readonly [
	method: string,
	url: string,
	json?: object | undefined,
	status?: number,
])[] = [
	["POST", "/store_content", { user_id: 1, session_id: "a", ...said }],
	["POST", "/get_chat_history", { user_id: 1, session_id: "a" }],
	["POST", "/conversations/a/messages", { user_id: 1, ...said }, 201],
	["GET", "/conversations/a/messages?user_id=1"],
	["GET", "/conversations?user_id=1"],
	["DELETE", "/conversations/a?user_id=1", undefined, 204],
];

for (const { name: engine, missing, start: startEngine } of engines) {
	suite(`who is let in, on ${engine}`, { skip: missing ?? false }, () => {
		let database: TestedDatabase;
		before(async () => {
			database = await startEngine();
		});
		after(() => database?.[Symbol.asyncDispose]());

		for (const { name, start, token } of forms) {
			suite(`by ${name}`, () => {
				test("a user is let at his own messages alone", async () => {
					await using place = await start();
					await using service = await startService(database, place.auth);
					const { client } = service;
					const own = { authorization: `Bearer ${await token("1")}` };
					const other = { authorization: `Bearer ${await token("2")}` };
					for (const [method, url, json, status = 200] of calls) {
						const body = json === undefined ? {} : { json };
						const call = (headers: Record<string, string>) =>
							client.request(method, url, { ...body, headers });
						const none = await call({});
						assert.equal(none.status, 401, url);
						assert.equal(none.headers.get("www-authenticate"), "Bearer");
						const wrong = await call({ authorization: "Bearer x.y.z" });
						assert.equal(wrong.status, 401, url);
						assert.equal(
							wrong.headers.get("www-authenticate"),
							'Bearer error="invalid_token"',
						);
						const foreign = await call(other);
						assert.equal(foreign.status, 403, url);
						assert.deepEqual(await foreign.json(), {
							detail: "Not your messages",
						});
						assert.equal((await call(own)).status, status, url);
					}
					assert.doesNotMatch(service.log.join("\n"), /eyJ/);
				});

				test("the welcome, the documentation and health are for everyone", async () => {
					await using place = await start();
					await using service = await startService(database, place.auth);
					for (const path of ["/", "/docs", "/livez", "/readyz"]) {
						assert.equal((await service.client.get(path)).status, 200, path);
					}
					const document = (await (
						await service.client.get("/openapi.json")
					).json()) as {
						paths: Record<
							string,
							Record<string, { security?: unknown; responses: object }>
						>;
					};
					for (const [path, item] of Object.entries(document.paths)) {
						for (const operation of Object.values(item)) {
							const isOpen = path === "/";
							const security = isOpen ? undefined : [{ HTTPBearer: [] }];
							assert.deepEqual(operation.security, security, path);
							assert.equal("403" in operation.responses, !isOpen, path);
						}
					}
				});

				test("what is wrong with a request of one's own is told as ever", async () => {
					await using place = await start();
					await using service = await startService(database, place.auth);
					const headers = { authorization: `Bearer ${await token("1")}` };
					const json = { user_id: 1, role: "user" };
					const response = await service.client.post("/store_content", {
						json,
						headers,
					});
					assert.equal(response.status, 422);
					const paged = await service.client.get("/conversations?user_id=x", {
						headers,
					});
					const { detail } = (await paged.json()) as { detail: unknown[] };
					assert.equal(paged.status, 422);
					assert.equal(detail.length, 1);
					assert.deepEqual(await response.json(), {
						detail: [
							{
								type: "missing",
								loc: ["body", "content"],
								msg: "Field required",
								input: json,
							},
						],
					});
				});
			});
		}

		test("without settings everyone is let in, and the document asks for nothing", async () => {
			await using service = await startService(database, undefined);
			for (const [method, url, json, status = 200] of calls) {
				const body = json === undefined ? {} : { json };
				const response = await service.client.request(method, url, body);
				assert.equal(response.status, status, url);
			}
			const document = await (await service.client.get("/openapi.json")).text();
			assert.doesNotMatch(document, /security/);
		});
	});
}
