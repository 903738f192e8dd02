import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { TestClient } from "vivace/testing";
import { createApp } from "../app.ts";
import { engines, type TestedDatabase } from "./engines.ts";

/** The members of a documented operation that are looked at. */
interface Documented {
	readonly operationId: string;
	readonly responses: Readonly<
		Record<string, { readonly content?: object; readonly headers?: object }>
	>;
}

const session = "86d8734a-0029-4d95-a80c-f50ad6f8a61b";

interface ConversationPage {
	readonly items: readonly {
		readonly conversation_id: string;
		readonly message_count: number;
		readonly last_message: { readonly content: string };
	}[];
	readonly next_page: string | null;
}

interface MessagePage {
	readonly items: readonly { readonly content: string }[];
	readonly next_page: string | null;
}

for (const { name, missing, start } of engines) {
	suite(`the service on ${name}`, { skip: missing ?? false }, () => {
		let place: TestedDatabase;
		let client: TestClient;
		let users = 0;
		before(async () => {
			place = await start();
			client = await TestClient.start(
				createApp({
					host: "127.0.0.1",
					port: 0,
					corsOrigins: ["*"],
					startTries: 1,
					livePollMs: 5_000,
					database: place.options,
				}),
			);
		});
		after(async () => {
			await client?.close();
			await place?.[Symbol.asyncDispose]();
		});

		const post = (path: string, json: unknown, headers = {}) =>
			client.post(path, { json, headers });

		async function history(body: object): Promise<unknown> {
			const response = await post("/get_chat_history", body);
			assert.equal(response.status, 200);
			const { data } = (await response.json()) as {
				data: { chat_history: unknown };
			};
			return data.chat_history;
		}

		suite("the original routes", () => {
			test("welcome", async () => {
				const response = await client.get("/");
				assert.equal(response.headers.get("content-type"), "application/json");
				assert.equal(
					await response.text(),
					'{"code":0,"msg":"欢迎访问","data":""}',
				);
			});

			test("store a message and give the conversation back, in order", async () => {
				const user_id = ++users;
				const lines = [
					{ role: "user", content: "请介绍一下北京" },
					{ role: "assistant", content: "北京是..." },
				];
				for (const line of lines) {
					const response = await post("/store_content", {
						user_id,
						session_id: session,
						...line,
					});
					assert.equal(response.status, 200);
					assert.equal(
						await response.text(),
						'{"code":0,"msg":"信息存储成功","data":{"status":true}}',
					);
				}
				const response = await post("/get_chat_history", {
					user_id,
					session_id: session,
				});
				assert.equal(
					await response.text(),
					'{"code":0,"msg":"获取用户聊天记录成功","data":{"chat_history":[' +
						'{"role":"user","content":"请介绍一下北京"},{"role":"assistant","content":"北京是..."}]}}',
				);
			});

			test("give an empty list where there is nothing", async () => {
				assert.deepEqual(await history({ user_id: ++users }), []);
			});

			test("take the session by either name, and have one for who names none", async () => {
				const user_id = ++users;
				const line = { role: "user", content: "x" };
				for (const key of [
					{},
					{ session_id: session },
					{ conversation_id: session },
					{ conversation_id: "other" },
				]) {
					await post("/store_content", { user_id, ...key, ...line });
				}
				assert.deepEqual(await history({ user_id }), [line, line, line]);
				assert.deepEqual(await history({ user_id, session_id: "other" }), [
					line,
				]);
			});

			test("store once for one Idempotency-Key", async () => {
				const user_id = ++users;
				const body = { user_id, role: "user", content: "once" };
				const key = { "Idempotency-Key": "k-1" };
				const [first, second] = [
					await post("/store_content", body, key),
					await post("/store_content", body, key),
				];
				assert.equal(first.headers.get("idempotent-replayed"), null);
				assert.equal(second.headers.get("idempotent-replayed"), "true");
				assert.equal(await first.text(), await second.text());
				assert.deepEqual(await history({ user_id }), [
					{ role: "user", content: "once" },
				]);
				const other = await post(
					"/store_content",
					{ ...body, content: "twice" },
					key,
				);
				assert.equal(other.status, 422);
				assert.deepEqual(await other.json(), {
					detail: [
						{
							type: "value_error",
							loc: ["header", "idempotency-key"],
							msg: "the Idempotency-Key was used for another message",
						},
					],
				});
			});
		});

		suite("bad input", () => {
			const right = { user_id: 1, role: "user", content: "x" };

			test("is answered with 422, the field and the reason, and nothing is stored", async () => {
				const user_id = ++users;
				const table: readonly [body: object, loc: string, type: string][] = [
					[{ role: "robot" }, "role", "enum"],
					[{ role: undefined }, "role", "missing"],
					[{ content: "" }, "content", "string_too_short"],
					[{ content: "é".repeat(32_768) }, "content", "value_error"],
					[{ content: "\ud800" }, "content", "value_error"],
					[{ content: 7 }, "content", "string_type"],
					[{ content: null }, "content", "string_type"],
					[{ user_id: 2 ** 31 }, "user_id", "less_than_equal"],
					[{ user_id: -(2 ** 31) - 1 }, "user_id", "greater_than_equal"],
					[{ user_id: 1.5 }, "user_id", "int_from_float"],
					[{ user_id: "one" }, "user_id", "int_parsing"],
					[{ session_id: "" }, "session_id", "string_too_short"],
					[{ session_id: "s".repeat(51) }, "session_id", "string_too_long"],
					[{ session_id: " s" }, "session_id", "string_pattern_mismatch"],
				];
				for (const [change, field, type] of table) {
					const response = await post("/store_content", {
						...right,
						user_id,
						...change,
					});
					const { detail } = (await response.json()) as {
						detail: { loc: unknown; type: string }[];
					};
					assert.equal(response.status, 422, JSON.stringify(change));
					assert.deepEqual(
						detail.map(({ loc, type }) => ({ loc, type })),
						[{ loc: ["body", field], type }],
						JSON.stringify(change).slice(0, 80),
					);
				}
				assert.deepEqual(await history({ user_id }), []);
			});

			test("takes the whole of a TEXT, counted in bytes", async () => {
				const user_id = ++users;
				const content = "é".repeat(32_767);
				const response = await post("/store_content", {
					...right,
					user_id,
					content,
				});
				assert.equal(response.status, 200);
				assert.deepEqual(await history({ user_id }), [
					{ role: "user", content },
				]);
			});

			test("that is no JSON, or does not say that it is, is refused in the same shape", async () => {
				const table: readonly [body: string, type: string, error: string][] = [
					['{"user_id":1,', "application/json", "json_invalid"],
					["", "application/json", "missing"],
					["[1]", "application/json", "model_attributes_type"],
					[JSON.stringify(right), "text/plain", "model_attributes_type"],
				];
				for (const [body, type, error] of table) {
					const response = await client.post("/store_content", {
						body,
						headers: { "content-type": type },
					});
					assert.equal(response.status, 422);
					const { detail } = (await response.json()) as {
						detail: { type: string }[];
					};
					assert.deepEqual(
						detail.map(({ type }) => type),
						[error],
						body,
					);
				}
			});

			test("reports every problem at once", async () => {
				const response = await post("/store_content", {});
				const { detail } = (await response.json()) as {
					detail: { loc: unknown[] }[];
				};
				assert.deepEqual(
					detail.map(({ loc }) => loc.join(".")),
					["body.user_id", "body.role", "body.content"],
				);
			});

			test("is too large beyond the body limit, and not found or not allowed elsewhere", async () => {
				const large = await post("/store_content", {
					...right,
					content: "x".repeat(2 ** 20),
				});
				assert.equal(large.status, 413);
				assert.equal((await client.get("/nowhere")).status, 404);
				const wrongMethod = await client.get("/store_content");
				assert.equal(wrongMethod.status, 405);
				assert.equal(wrongMethod.headers.get("allow"), "POST");
			});
		});

		suite("the conversations", () => {
			const add = (
				conversation: string,
				user_id: number,
				content: string,
				headers = {},
			) =>
				post(
					`/conversations/${encodeURIComponent(conversation)}/messages`,
					{ user_id, role: "user", content },
					headers,
				);

			test("take messages, and answer 201 with what was stored", async () => {
				const user_id = ++users;
				const response = await add("c 1 % 北京", user_id, "hello");
				assert.equal(response.status, 201);
				const message = (await response.json()) as Record<string, unknown>;
				assert.equal(message.role, "user");
				assert.equal(message.content, "hello");
				assert.equal(typeof message.id, "number");
				assert.match(
					String(message.entry_time),
					/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
				);
				const replayed = [
					await add("c", user_id, "once", { "Idempotency-Key": "k" }),
					await add("c", user_id, "once", { "Idempotency-Key": "k" }),
				];
				assert.deepEqual(await replayed[0]?.json(), await replayed[1]?.json());
				assert.equal(replayed[1]?.headers.get("idempotent-replayed"), "true");
			});

			test("give their messages in pages, newest or oldest first", async () => {
				const user_id = ++users;
				for (const content of ["a", "b", "c", "d", "e"]) {
					await add("c", user_id, content);
				}
				for (const [order, expected] of [
					["newest", ["e", "d", "c", "b", "a"]],
					["oldest", ["a", "b", "c", "d", "e"]],
				] as const) {
					const seen: string[] = [];
					let cursor: string | null | undefined;
					do {
						const response = await client.get("/conversations/c/messages", {
							query: { user_id, order, limit: 2, cursor },
						});
						assert.equal(response.status, 200);
						const page = (await response.json()) as MessagePage;
						seen.push(...page.items.map(({ content }) => content));
						cursor = page.next_page;
					} while (cursor !== null);
					assert.deepEqual(seen, expected);
				}
			});

			test("stored between two pages neither hide nor repeat a message", async () => {
				const user_id = ++users;
				for (const content of ["a", "b", "c"]) {
					await add("c", user_id, content);
				}
				const page = async (cursor: string | null) => {
					const query = { user_id, limit: 2, cursor };
					const response = await client.get("/conversations/c/messages", {
						query,
					});
					return (await response.json()) as MessagePage;
				};
				const first = await page(null);
				await add("c", user_id, "d");
				const second = await page(first.next_page);
				assert.deepEqual(
					[...first.items, ...second.items].map(({ content }) => content),
					["c", "b", "a"],
				);
			});

			test("refuse a cursor of another conversation, order or list", async () => {
				const user_id = ++users;
				for (const content of ["a", "b"]) {
					await add("c", user_id, content);
				}
				const get = (path: string, query: object) =>
					client.get(path, { query: { user_id, limit: 1, ...query } });
				const path = "/conversations/c/messages";
				const first = await get(path, {});
				const { next_page } = (await first.json()) as MessagePage;
				const cursor = String(next_page);
				assert.equal((await get(path, { cursor })).status, 200);
				for (const response of [
					await get(path, { cursor, order: "oldest" }),
					await get(path, { cursor, user_id: -user_id }),
					await get("/conversations/d/messages", { cursor }),
					await get("/conversations", { cursor }),
				]) {
					assert.equal(response.status, 422);
				}
			});

			test("refuse a page that makes no sense", async () => {
				const user_id = ++users;
				await add("c", user_id, "x");
				for (const [query, field] of [
					[{ user_id, limit: 0 }, "limit"],
					[{ user_id, limit: 201 }, "limit"],
					[{ user_id, order: "random" }, "order"],
					[{ user_id, cursor: "bad" }, "cursor"],
					[{}, "user_id"],
				] as const) {
					const response = await client.get("/conversations/c/messages", {
						query,
					});
					assert.equal(response.status, 422);
					const { detail } = (await response.json()) as {
						detail: { loc: unknown }[];
					};
					assert.deepEqual(detail[0]?.loc, ["query", field]);
				}
			});

			test("are listed with their count and last message", async () => {
				const user_id = ++users;
				await add("first", user_id, "1");
				await add("second", user_id, "2");
				await add("first", user_id, "3");
				const response = await client.get("/conversations", {
					query: { user_id, limit: 1 },
				});
				const page = (await response.json()) as ConversationPage;
				assert.deepEqual(
					page.items.map(({ conversation_id, message_count, last_message }) => [
						conversation_id,
						message_count,
						last_message.content,
					]),
					[["first", 2, "3"]],
				);
				const rest = await client.get("/conversations", {
					query: { user_id, cursor: page.next_page },
				});
				const { items, next_page } = (await rest.json()) as ConversationPage;
				assert.deepEqual(
					items.map(({ conversation_id }) => conversation_id),
					["second"],
				);
				assert.equal(next_page, null);
			});

			test("are deleted once", async () => {
				const user_id = ++users;
				await add("c", user_id, "x");
				const remove = () =>
					client.delete("/conversations/c", { query: { user_id } });
				assert.equal((await remove()).status, 204);
				assert.equal((await remove()).status, 404);
			});

			test("are not found for whom they do not belong to", async () => {
				const user_id = ++users;
				await add("c", user_id, "x");
				for (const response of [
					await client.get("/conversations/c/messages", {
						query: { user_id: -user_id },
					}),
					await client.get("/conversations/d/messages", { query: { user_id } }),
					await client.delete("/conversations/d", { query: { user_id } }),
				]) {
					assert.equal(response.status, 404);
					assert.deepEqual(await response.json(), {
						detail: "Conversation not found",
					});
				}
			});
		});

		test("pages of every origin may call it", async () => {
			const origin = "https://chat.example";
			const preflight = await client.options("/store_content", {
				headers: {
					origin,
					"access-control-request-method": "POST",
					"access-control-request-headers": "content-type, idempotency-key",
				},
			});
			assert.equal(preflight.status, 200);
			const response = await client.get("/", { headers: { origin } });
			assert.equal(response.headers.get("access-control-allow-origin"), "*");
		});

		test("documents every route", async () => {
			const response = await client.get("/openapi.json");
			const { paths } = (await response.json()) as {
				paths: Record<string, object>;
			};
			assert.deepEqual(
				Object.entries(paths).map(
					([path, item]) => `${Object.keys(item)} ${path}`,
				),
				[
					"get /",
					"post /store_content",
					"post /get_chat_history",
					"get /conversations",
					"post,get /conversations/{conversation_id}/messages",
					"delete /conversations/{conversation_id}",
					"get /conversations/{conversation_id}/events",
				],
			);
			assert.equal((await client.get("/docs")).status, 200);
		});

		test("documents what else its routes answer, under short names", async () => {
			const response = await client.get("/openapi.json");
			const { paths } = (await response.json()) as {
				paths: Record<string, Record<string, Documented>>;
			};
			const { post: add, get: list } =
				paths["/conversations/{conversation_id}/messages"] ?? {};
			assert.equal(add?.operationId, "add_message");
			assert.equal(list?.operationId, "list_messages");
			const problem = {
				"application/json": {
					schema: { $ref: "#/components/schemas/HTTPException" },
				},
			};
			assert.deepEqual(list?.responses["404"]?.content, problem);
			assert.deepEqual(add?.responses["413"]?.content, problem);
			assert.deepEqual(add?.responses["503"]?.content, problem);
			const headers = (of: Documented | undefined, status: string) =>
				Object.keys(of?.responses[status]?.headers ?? {});
			assert.deepEqual(headers(add, "503"), ["Retry-After"]);
			assert.deepEqual(headers(add, "201"), ["Idempotent-Replayed"]);
			const store = paths["/store_content"]?.post;
			assert.deepEqual(headers(store, "200"), ["Idempotent-Replayed"]);
			assert.deepEqual(store?.responses["413"]?.content, problem);
			const remove = paths["/conversations/{conversation_id}"]?.delete;
			assert.deepEqual(remove?.responses["404"]?.content, problem);
			assert.equal(remove?.responses["413"], undefined);
		});

		test("stores what many clients send at once, each message once and in each one's order", async () => {
			const clients = Array.from({ length: 20 }, () => ++users);
			await Promise.all(
				clients.map(async (user_id) => {
					for (let turn = 0; turn < 10; turn++) {
						await post("/store_content", {
							user_id,
							role: turn % 2 ? "assistant" : "user",
							content: `${user_id}/${turn}`,
						});
					}
				}),
			);
			for (const user_id of clients) {
				assert.deepEqual(
					((await history({ user_id })) as { content: string }[]).map(
						({ content }) => content,
					),
					Array.from({ length: 10 }, (_, turn) => `${user_id}/${turn}`),
				);
			}
		});
	});
}
