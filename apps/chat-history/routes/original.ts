import { type Dependency, Header, Response, Router } from "vivace";
import { z } from "zod";
import type { Guard } from "../auth.ts";
import type { MessageStore } from "../storage/message-store.ts";
import {
	anyRoute,
	defaultConversation,
	IdempotencyKey,
	Role,
	storing,
	type TextSchemas,
	UserId,
	withBody,
} from "./schemas.ts";
import { type Announce, storeMessage } from "./store-message.ts";

/** The envelope of every answer of the original service. */
const answer = <Data extends z.ZodType>(data: Data) =>
	z.object({ code: z.int(), msg: z.string(), data });

const Welcome = answer(z.string()).meta({ id: "Welcome" });
const Stored = answer(z.object({ status: z.boolean() })).meta({ id: "Stored" });
const ChatHistory = answer(
	z.object({
		chat_history: z.array(z.object({ role: Role, content: z.string() })),
	}),
).meta({ id: "ChatHistory" });

/** The routes of the original service, answer for answer. */
export function originalRoutes(
	messages: Dependency<MessageStore, "app">,
	announce: Dependency<Announce, "app">,
	{ ConversationId, Content }: TextSchemas,
	guard: Guard,
): Router {
	const ChatKey = z.object({
		user_id: UserId,
		session_id: ConversationId.optional().meta({
			description: `The conversation; ${defaultConversation} where it is left out`,
			examples: [defaultConversation],
		}),
		conversation_id: ConversationId.optional().meta({
			description: "Another name of session_id",
		}),
	});
	const StoreContent = ChatKey.extend({ role: Role, content: Content }).meta({
		id: "StoreContent",
	});
	const GetChatHistory = ChatKey.meta({ id: "GetChatHistory" });

	const router = new Router({ tags: ["chat"] });

	router.get(
		{ path: "/", response: Welcome, public: true },
		function welcome() {
			return { code: 0, msg: "欢迎访问", data: "" };
		},
	);

	router.post(
		{
			path: "/store_content",
			response: Stored,
			responses: { ...storing(200), ...anyRoute, ...guard.responses },
		},
		{
			body: guard.body(StoreContent),
			idempotencyKey: Header(IdempotencyKey, { alias: "Idempotency-Key" }),
			messages,
			announce,
			response: Response,
		},
		async function store_content({ body, ...storing }) {
			await storeMessage(
				{
					userId: body.user_id,
					conversationId: conversationOf(body),
					role: body.role,
					content: body.content,
				},
				storing,
			);
			return { code: 0, msg: "信息存储成功", data: { status: true } };
		},
	);

	router.post(
		{
			path: "/get_chat_history",
			response: ChatHistory,
			responses: { ...withBody, ...anyRoute, ...guard.responses },
		},
		{ body: guard.body(GetChatHistory), messages },
		async function get_chat_history({ body, messages }) {
			const chat_history = await messages.history(
				body.user_id,
				conversationOf(body),
			);
			return { code: 0, msg: "获取用户聊天记录成功", data: { chat_history } };
		},
	);

	return router;
}

function conversationOf(body: {
	readonly session_id?: string | undefined;
	readonly conversation_id?: string | undefined;
}): string {
	return body.session_id ?? body.conversation_id ?? defaultConversation;
}
