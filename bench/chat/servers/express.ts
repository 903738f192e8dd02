import express, {
	type NextFunction,
	type Request,
	type Response,
} from "express";
import { z } from "zod";
import {
	conversationOf,
	found,
	openMessages,
	roles,
	stored,
} from "./messages.ts";

const messages = openMessages();

const isWellFormed = (text: string) => text.isWellFormed();
const ConversationId = z
	.string()
	.min(1)
	.max(50)
	.regex(/^\S(.*\S)?$/s)
	.refine(isWellFormed)
	.optional();
const Key = z.object({
	// "1" is 1, as FastAPI has it
	user_id: z
		.int32()
		.or(z.string().regex(/^\d+$/).transform(Number).pipe(z.int32())),
	session_id: ConversationId,
	conversation_id: ConversationId,
});
const NewMessage = Key.extend({
	role: z.enum(roles),
	content: z
		.string()
		.min(1)
		.refine(isWellFormed)
		.refine((text) => Buffer.byteLength(text) <= 65_535),
});

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.json({ limit: "1mb" }));

app.get("/", (_request, response) => {
	response.json({ code: 0, msg: "欢迎访问", data: "" });
});

app.post("/store_content", async (request, response) => {
	const body = NewMessage.parse(request.body);
	await messages.store({
		userId: body.user_id,
		conversationId: conversationOf(body),
		role: body.role,
		content: body.content,
	});
	response.json(stored);
});

app.post("/get_chat_history", async (request, response) => {
	const body = Key.parse(request.body);
	const history = await messages.history(body.user_id, conversationOf(body));
	response.json(found(history));
});

app.use(
	(
		error: Error & { status?: number },
		_request: Request,
		response: Response,
		_next: NextFunction,
	) => {
		const isClients = error instanceof z.ZodError || error.status === 400;
		response
			.status(isClients ? 422 : (error.status ?? 500))
			.json({ detail: error.message });
	},
);

app.listen(Number(process.env.PORT), "127.0.0.1");
