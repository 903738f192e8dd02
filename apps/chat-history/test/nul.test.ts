import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { TestClient } from "vivace/testing";
import { z } from "zod";
import { createApp } from "../app.ts";
import { engines, type TestedDatabase } from "./engines.ts";

const quiet = { info() {}, warn() {}, error() {} };
const Problems = z.object({
	detail: z.array(z.object({ loc: z.array(z.string()), msg: z.string() })),
});

for (const { name, missing, start } of engines) {
	suite(`a NUL character on ${name}`, { skip: missing ?? false }, () => {
		let place: TestedDatabase;
		let client: TestClient;
		/** True where the database holds it as any other character. */
		let isHeld: boolean;
		const logged: unknown[] = [];
		before(async () => {
			place = await start();
			isHeld = place.options.postgres === undefined;
			const settings = {
				host: "127.0.0.1",
				port: 0,
				corsOrigins: ["*"],
				startTries: 1,
				livePollMs: 5_000,
				database: place.options,
			};
			const logger = { ...quiet, error: (line: unknown) => logged.push(line) };
			client = await TestClient.start(createApp(settings, logger));
		});
		after(async () => {
			await client?.close();
			await place?.[Symbol.asyncDispose]();
			assert.deepEqual(logged, []);
		});

		const said = { user_id: 1, role: "user" };
		type Sent = readonly [
			where: readonly string[],
			send: () => Promise<Response>,
			heldStatus: number,
		];
		const requests: Readonly<Record<string, Sent>> = {
			"a content of the original route": [
				["body", "content"],
				() =>
					client.post("/store_content", { json: { ...said, content: "a\0b" } }),
				200,
			],
			"a session of the original route": [
				["body", "session_id"],
				() =>
					client.post("/store_content", {
						json: { ...said, content: "a", session_id: "n\0l" },
					}),
				200,
			],
			"a session whose history is asked for, by its other name": [
				["body", "conversation_id"],
				() =>
					client.post("/get_chat_history", {
						json: { user_id: 1, conversation_id: "no\0ne" },
					}),
				200,
			],
			"a content": [
				["body", "content"],
				() =>
					client.post("/conversations/a/messages", {
						json: { ...said, content: "a\0b" },
					}),
				201,
			],
			"a content with a key": [
				["body", "content"],
				() =>
					client.post("/conversations/a/messages", {
						json: { ...said, content: "a\0b" },
						headers: { "idempotency-key": "k" },
					}),
				201,
			],
			"the name of a conversation that is written": [
				["path", "conversation_id"],
				() =>
					client.post("/conversations/n%00l/messages", {
						json: { ...said, content: "a" },
					}),
				201,
			],
			"the name of a conversation that is read": [
				["path", "conversation_id"],
				() => client.get("/conversations/no%00ne/messages?user_id=1"),
				404,
			],
			"the name of a conversation that is deleted": [
				["path", "conversation_id"],
				() => client.delete("/conversations/no%00ne?user_id=1"),
				404,
			],
		};
		for (const [what, [where, send, heldStatus]] of Object.entries(requests)) {
			test(`${what}: stored or looked for, or 422 with its place`, async () => {
				const response = await send();
				assert.equal(response.status, isHeld ? heldStatus : 422);
				if (!isHeld) {
					const { detail } = Problems.parse(await response.json());
					assert.deepEqual(
						detail.map(({ loc }) => loc),
						[where],
					);
					assert.match(detail[0]?.msg ?? "", /NUL/);
				}
			});
		}

		test("a cursor that somebody has made: 422", async () => {
			for (const content of ["1", "2"]) {
				await client.post("/conversations/paged/messages", {
					json: { ...said, content },
				});
			}
			const path = "/conversations/paged/messages?user_id=1&limit=1";
			const page = await client.get(path);
			const { next_page } = z
				.object({ next_page: z.string() })
				.parse(await page.json());
			const text = Buffer.from(next_page, "base64url").toString();
			const wrong = Buffer.from(text.replace(/\d+\]/, '"1\\u0000"]'));
			const forged = wrong.toString("base64url");
			const cursors = [forged, "\0", next_page.slice(2)];
			for (const cursor of cursors) {
				const { status } = await client.get(path, { query: { cursor } });
				assert.equal(status, 422, JSON.stringify(cursor));
			}
		});

		test("a message of a socket: stored and told, or closed with 1007 that names it", async () => {
			await using socket = await client.websocket(
				"/conversations/live/events?user_id=1",
			);
			await socket.receiveJson();
			await socket.sendJson({ role: "user", content: "a\0b" });
			if (isHeld) {
				const { message } = z
					.object({ message: z.object({ content: z.string() }) })
					.parse(await socket.receiveJson());
				assert.equal(message.content, "a\0b");
			} else {
				const { code, reason } = await socket.closed;
				assert.equal(code, 1007);
				assert.match(reason, /content.*NUL/);
			}
		});

		test("the name of a conversation that is followed, and where it is gone on from", async () => {
			const path = "/conversations/n%00l/events?user_id=1";
			if (isHeld) {
				await using socket = await client.websocket(path);
				await socket.receiveJson();
			} else {
				await assert.rejects(client.websocket(path), { status: 403 });
			}
			await using socket = await client.websocket(
				"/conversations/x/events?user_id=1&from=%00",
			);
			await socket.receiveJson();
			const { kind } = z
				.object({ kind: z.string() })
				.parse(await socket.receiveJson());
			assert.equal(kind, "gap");
		});
	});
}
