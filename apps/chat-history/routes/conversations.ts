import {
	type Dependency,
	Header,
	HTTPException,
	HTTPExceptionBody,
	Query,
	Response,
	Router,
} from "vivace";
import { retryConflicts, type Session } from "vivace/database";
import { z } from "zod";
import type { Guard } from "../auth.ts";
import type { MessageStore } from "../storage/message-store.ts";
import type { ChatTables } from "../storage/tables.ts";
import {
	anyRoute,
	conversationPages,
	IdempotencyKey,
	Message,
	messagePages,
	Role,
	storing,
	type TextSchemas,
	UserId,
} from "./schemas.ts";
import { type Announce, addMessage } from "./store-message.ts";

const unknownConversation = {
	404: {
		description: "The user has no such conversation",
		schema: HTTPExceptionBody,
	},
};

/** Conversations and their messages as resources. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: four declarations, each as long as what it says; nothing runs here
export function conversationRoutes(
	messages: Dependency<MessageStore, "app">,
	announce: Dependency<Announce, "app">,
	session: Dependency<Session<ChatTables>, "function">,
	{ ConversationId, Content }: TextSchemas,
	guard: Guard,
): Router {
	const NewMessage = z
		.object({ user_id: UserId, role: Role, content: Content })
		.meta({ id: "NewMessage" });
	const router = new Router({
		prefix: "/conversations",
		tags: ["conversations"],
		responses: { ...anyRoute, ...guard.responses },
		dependencies: guard.dependencies,
	});

	router.get(
		{ path: "", response: conversationPages.schema },
		{ user_id: guard.userId, paging: conversationPages.params, messages },
		function list_conversations({ user_id, paging, messages }) {
			return conversationPages.paginate(
				messages.conversations(user_id),
				paging,
				{
					transform: (rows) =>
						rows.map(({ conversation_id, message_count, ...last_message }) => ({
							conversation_id,
							message_count,
							last_message,
						})),
				},
			);
		},
	);

	router.post(
		{
			path: "/{conversation_id}/messages",
			status: 201,
			response: Message,
			responses: storing(201),
		},
		{
			conversation_id: ConversationId,
			message: guard.body(NewMessage),
			idempotencyKey: Header(IdempotencyKey, { alias: "Idempotency-Key" }),
			messages,
			announce,
			response: Response,
		},
		function add_message({
			conversation_id,
			message: { user_id, role, content },
			...storing
		}) {
			return addMessage(
				{ userId: user_id, conversationId: conversation_id, role, content },
				storing,
			);
		},
	);

	router.get(
		{
			path: "/{conversation_id}/messages",
			response: messagePages.schema,
			responses: unknownConversation,
		},
		{
			conversation_id: ConversationId,
			user_id: guard.userId,
			order: Query(z.enum(["newest", "oldest"]).default("newest"), {
				description: "Which message comes first",
			}),
			paging: messagePages.params,
			messages,
		},
		async function list_messages({
			conversation_id,
			user_id,
			order,
			paging,
			messages,
		}) {
			const page = await messagePages.paginate(
				messages.conversation(user_id, conversation_id, order),
				paging,
			);
			if (page.items.length === 0 && !paging.cursor) {
				throw notFound();
			}
			return page;
		},
	);

	router.delete(
		{
			path: "/{conversation_id}",
			status: 204,
			responses: unknownConversation,
			dependencies: [session],
			routeMiddleware: [retryConflicts()],
		},
		{ conversation_id: ConversationId, user_id: guard.userId, messages },
		async function delete_conversation({ conversation_id, user_id, messages }) {
			const count = await messages.deleteConversation(user_id, conversation_id);
			if (count === 0) {
				throw notFound();
			}
		},
	);

	return router;
}

function notFound(): HTTPException {
	return new HTTPException(404, "Conversation not found");
}
