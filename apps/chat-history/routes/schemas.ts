import { HTTPExceptionBody } from "vivace";
import type { DatabaseOptions } from "vivace/database";
import { cursorPageOf } from "vivace/pagination";
import { z } from "zod";
import { roles } from "../storage/tables.ts";

/** The conversation of clients that name none. */
export const defaultConversation = "86d8734a-0029-4d95-a80c-f50ad6f8a61b";

/** The room of a TEXT column. */
const mostBytes = 65_535;

export const UserId = z
	.int32()
	.meta({ description: "The user", examples: [1] });

export const Role = z.enum(roles).meta({ description: "Who says it" });

/** `Idempotency-Key`: with the same key a message is stored once, however often it is sent. */
export const IdempotencyKey = z
	.string()
	.regex(/^[\x21-\x7e]{1,255}$/, "it is 1 to 255 visible ASCII characters")
	.optional();

export const Message = z
	.object({
		id: z.int(),
		role: Role,
		content: z.string(),
		entry_time: z.date(),
	})
	.meta({ id: "Message" });

export const Conversation = z
	.object({
		conversation_id: z.string(),
		message_count: z.int(),
		last_message: Message,
	})
	.meta({ id: "Conversation" });

const paging = { key: "id", maxSize: 200, names: { size: "limit" } } as const;
export const messagePages = cursorPageOf(Message, paging);
export const conversationPages = cursorPageOf(Conversation, paging);

/** The schemas of texts that are stored or looked for. */
export type TextSchemas = ReturnType<typeof textSchemas>;

/** @param database which may be unable to hold what others can: PostgreSQL's texts have no NUL character */
export function textSchemas({ postgres, url }: DatabaseOptions) {
	const holdsNul =
		postgres === undefined && !/^postgres(?:ql)?:/.test(String(url));
	const storable = () =>
		z
			.string()
			.min(1)
			.refine((text) => text.isWellFormed(), "it must be well-formed Unicode")
			.refine(
				(text) => holdsNul || !text.includes("\0"),
				"it must have no NUL character, which the database can't hold",
			);
	const ConversationId = storable()
		.max(50)
		.regex(/^\S(.*\S)?$/s, "it must not begin or end with white space")
		.meta({ description: "The conversation", examples: [defaultConversation] });
	const Content = storable()
		.refine(
			(text) => Buffer.byteLength(text) <= mostBytes,
			`it must have at most ${mostBytes} bytes in UTF-8`,
		)
		.meta({
			description: `What is said, at most ${mostBytes} bytes in UTF-8`,
			examples: ["请介绍一下北京"],
		});
	return { ConversationId, Content } as const;
}

/** The responses of every route that asks the database. */
export const anyRoute = {
	503: {
		description: "The database is not available at the moment",
		schema: HTTPExceptionBody,
		headers: {
			"Retry-After": {
				description: "Seconds after which to try again",
				schema: { type: "integer" },
			},
		},
	},
} as const;

/** The responses of routes with a body. */
export const withBody = {
	413: {
		description: "The body is larger than 1 MiB",
		schema: HTTPExceptionBody,
	},
} as const;

/** The responses of routes that store a message, beside the one with what they store. */
export const storing = (status: number) => ({
	[status]: {
		headers: {
			"Idempotent-Replayed": {
				description:
					"`true` when the message had been stored before, by a request with the same `Idempotency-Key`",
				schema: { type: "string", enum: ["true"] },
			},
		},
	},
	...withBody,
});
