import {
	type Dependency,
	dependency,
	EventSourceResponse,
	Header,
	Path,
	Router,
	ServerSentEvent,
	WebSocketException,
} from "vivace";
import { isDeadlock, isUnavailable } from "vivace/database";
import { z } from "zod";
import type { Guard } from "../auth.ts";
import type {
	LiveConversations,
	Position,
} from "../live/live-conversations.ts";
import type { MessageStore } from "../storage/message-store.ts";
import { anyRoute, Message, Role, type TextSchemas } from "./schemas.ts";

const Event = z.union([
	z.object({ kind: z.literal("message"), id: z.string(), message: Message }),
	z.object({ kind: z.literal("gap") }),
	z.object({ kind: z.literal("ready"), id: z.string() }),
]);

/** A conversation as it goes on: by server-sent events, and by a socket that takes messages too. */
export function liveRoutes(
	live: Dependency<LiveConversations, "app">,
	messages: Dependency<MessageStore, "app">,
	{ ConversationId, Content }: TextSchemas,
	guard: Guard,
): Router {
	const Said = z.object({ role: Role, content: Content });
	const router = new Router({
		prefix: "/conversations",
		tags: ["conversations"],
		dependencies: guard.dependencies,
	});

	const position = positionOf(live, ConversationId, guard);
	router.get(
		{
			path: "/{conversation_id}/events",
			responseClass: EventSourceResponse,
			responses: { ...anyRoute, ...guard.responses },
			description:
				"`ready` first, then a `message` for each that is stored; `gap` where some may be missing: read the conversation again. With the `Last-Event-ID` of before it goes on from there.",
		},
		{
			conversation_id: ConversationId,
			user_id: guard.userId,
			position,
			live,
		},
		async function* follow_conversation(
			{ conversation_id, user_id, position, live },
			request,
		) {
			const key = { userId: user_id, conversationId: conversation_id };
			// browsers drop an event that has no data
			yield new ServerSentEvent({
				event: "ready",
				id: position.id,
				data: { id: position.id },
			});
			for await (const event of live.follow(key, position, request.signal)) {
				yield event.kind === "gap"
					? new ServerSentEvent({ event: "gap", data: {} })
					: new ServerSentEvent({
							event: "message",
							id: event.id,
							data: event.message,
						});
			}
		},
	);

	router.websocket(
		{ path: "/{conversation_id}/events", receives: Said, sends: Event },
		{
			conversation_id: ConversationId,
			user_id: guard.userId,
			from: z.string().optional(),
			live,
			messages,
		},
		async function converse(
			{ conversation_id, user_id, from, live, messages },
			socket,
		) {
			const key = { userId: user_id, conversationId: conversation_id };
			const position = await orTryAgain(() => live.position(from));
			await socket.send({ kind: "ready", id: position.id });
			const ended = new AbortController();
			const signal = AbortSignal.any([socket.signal, ended.signal]);
			const sending = orTryAgain(async () => {
				for await (const event of live.follow(key, position, signal)) {
					await socket.send(event);
				}
			});
			// the loop below ends with the socket
			sending.catch((error) =>
				socket.close(error instanceof WebSocketException ? error.code : 1011),
			);
			try {
				for await (const said of socket) {
					await orTryAgain(() => messages.store({ ...key, ...said }));
					live.announce();
				}
			} finally {
				ended.abort();
				await sending; // it uses the database, which lives for as long as this handler
			}
		},
	);

	return router;
}

/**
 * Where a stream begins, as a dependency: it is there before the stream is, so that a database that is away is an answer with 503 and no
 * stream that breaks off.
 */
function positionOf(
	live: Dependency<LiveConversations, "app">,
	ConversationId: TextSchemas["ConversationId"],
	guard: Guard,
): Dependency<Position> {
	return dependency(
		{
			// wrong ones are told before the database is asked
			conversation_id: Path(ConversationId),
			user_id: guard.userId,
			from: Header(z.string().optional(), { alias: "Last-Event-ID" }),
			live,
		},
		function position({ from, live }) {
			return live.position(from);
		},
	);
}

/** Does what needs the database; while that is away the socket is closed with 1013, so that its client comes back. */
async function orTryAgain<Value>(work: () => Promise<Value>): Promise<Value> {
	try {
		return await work();
	} catch (cause) {
		if (isUnavailable(cause) || isDeadlock(cause)) {
			throw new WebSocketException(1013, "the database is not available", {
				cause,
			});
		}
		throw cause;
	}
}
