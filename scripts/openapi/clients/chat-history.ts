/**
 * Calls a running chat-history with both clients that were generated from its document: compiled with them, then run. What comes must be
 * what the document says, by the types and by the generated Zod schemas.
 */
import assert from "node:assert/strict";
import createFetchClient from "openapi-fetch";
import { createClient } from "../dist/chat-history/client/client/index.ts";
import {
	addMessage,
	deleteConversation,
	listMessages,
	storeContent,
} from "../dist/chat-history/client/index.ts";
import {
	zAddMessageResponse,
	zListMessagesResponse,
	zStoreContentResponse,
} from "../dist/chat-history/client/zod.gen.ts";
import type { paths } from "../dist/chat-history/schema.ts";

/** @param baseUrl where the service listens */
export async function callChatHistory(baseUrl: string): Promise<void> {
	await callWithTypes(baseUrl);
	await callWithFunctions(baseUrl);
}

async function callWithTypes(baseUrl: string): Promise<void> {
	const client = createFetchClient<paths>({ baseUrl });
	const path = "/conversations/{conversation_id}/messages";
	const params = { path: { conversation_id: "a" }, query: { user_id: 1 } };
	const add = () =>
		client.POST(path, {
			params: { path: params.path, header: { "Idempotency-Key": "once" } },
			body: { user_id: 1, role: "user", content: "Hello" },
		});
	const added = await add();
	const id: number | undefined = added.data?.id;
	assert.equal(added.response.status, 201);
	const again = await add();
	assert.equal(again.data?.id, id);
	assert.equal(again.response.headers.get("Idempotent-Replayed"), "true");
	const page = await client.GET(path, { params });
	const contents: string[] | undefined = page.data?.items.map(
		({ content }) => content,
	);
	assert.deepEqual(contents, ["Hello"]);
	const none = await client.GET(path, {
		params: { ...params, path: { conversation_id: "none" } },
	});
	assert.equal(none.response.status, 404);
	assert.deepEqual(none.error, { detail: "Conversation not found" });
	const refused = await client.POST("/store_content", {
		body: { user_id: 1, role: "user", content: "" },
	});
	const detail = refused.error?.detail;
	assert.ok(Array.isArray(detail));
	assert.deepEqual(detail[0]?.loc, ["body", "content"]);
}

async function callWithFunctions(baseUrl: string): Promise<void> {
	const client = createClient({ baseUrl });
	const path = { conversation_id: "b" };
	const query = { user_id: 2 };
	const body = { user_id: 2, role: "assistant", content: "Hi" } as const;
	const added = await addMessage({ client, path, body, throwOnError: true });
	zAddMessageResponse.parse(added.data);
	const page = await listMessages({ client, path, query, throwOnError: true });
	assert.equal(zListMessagesResponse.parse(page.data).items.length, 1);
	const stored = await storeContent({ client, body, throwOnError: true });
	assert.equal(zStoreContentResponse.parse(stored.data).data.status, true);
	const removed = await deleteConversation({ client, path, query });
	assert.equal(removed.response?.status, 204);
	const gone = await deleteConversation({ client, path, query });
	assert.deepEqual(gone.error, { detail: "Conversation not found" });
}
