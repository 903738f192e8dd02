import Fastify, { type FastifyReply } from "fastify";
import {
	conversationOf,
	found,
	type Line,
	openMessages,
	roles,
	stored,
} from "./messages.ts";

const messages = openMessages();
const app = Fastify();

app.setErrorHandler(
	(
		error: { validation?: unknown; statusCode?: number; message: string },
		_request,
		reply,
	) => {
		const status = error.statusCode ?? 500;
		// no JSON, or not said to be
		const isClients = status === 400 || status === 415;
		reply.code(isClients ? 422 : status).send({ detail: error.message });
	},
);

const conversationId = {
	type: "string",
	minLength: 1,
	maxLength: 50,
	pattern: "^\\S([\\s\\S]*\\S)?$",
};
const key = {
	user_id: { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
	session_id: conversationId,
	conversation_id: conversationId,
};
const role = { type: "string", enum: roles };
const mostBytes = 65_535;

interface Key {
	user_id: number;
	session_id?: string;
	conversation_id?: string;
}

/** The rules that JSON Schema can't say. */
function whatIsWrong(body: Key & Partial<Line>): string | undefined {
	const { session_id = "", conversation_id = "", content = "" } = body;
	for (const text of [session_id, conversation_id, content]) {
		if (!text.isWellFormed()) {
			return "the text must be well-formed Unicode";
		}
	}
	if (Buffer.byteLength(content) > mostBytes) {
		return `the content must have at most ${mostBytes} bytes in UTF-8`;
	}
	return undefined;
}

function refuse(reply: FastifyReply, detail: string) {
	return reply.code(422).send({ detail });
}

const envelope = (data: object) => ({
	type: "object",
	properties: {
		code: { type: "integer" },
		msg: { type: "string" },
		data: { type: "object", properties: data },
	},
});

app.get("/", (_request, reply) => {
	reply.send({ code: 0, msg: "欢迎访问", data: "" });
});

app.post<{ Body: Key & Line }>(
	"/store_content",
	{
		schema: {
			body: {
				type: "object",
				properties: { ...key, role, content: { type: "string", minLength: 1 } },
				required: ["user_id", "role", "content"],
			},
			response: { 200: envelope({ status: { type: "boolean" } }) },
		},
	},
	async ({ body }, reply) => {
		const wrong = whatIsWrong(body);
		if (wrong !== undefined) {
			return refuse(reply, wrong);
		}
		await messages.store({
			userId: body.user_id,
			conversationId: conversationOf(body),
			role: body.role,
			content: body.content,
		});
		return stored;
	},
);

app.post<{ Body: Key }>(
	"/get_chat_history",
	{
		schema: {
			body: { type: "object", properties: key, required: ["user_id"] },
			response: {
				200: envelope({
					chat_history: {
						type: "array",
						items: {
							type: "object",
							properties: {
								role: { type: "string" },
								content: { type: "string" },
							},
						},
					},
				}),
			},
		},
	},
	async ({ body }, reply) => {
		const wrong = whatIsWrong(body);
		if (wrong !== undefined) {
			return refuse(reply, wrong);
		}
		return found(await messages.history(body.user_id, conversationOf(body)));
	},
);

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
