import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";

const users = new Map([
	["alice-token", { name: "alice", roles: ["reader", "writer"] }],
]);

declare module "fastify" {
	interface FastifyRequest {
		settings: { region: string } | null;
		token: string;
		user: { name: string; roles: string[] } | null;
		profile: { name: string; roles: string[]; region: string } | null;
	}
}

const app = Fastify();

app.setErrorHandler(
	(
		error: {
			validation?: unknown;
			code?: string;
			statusCode?: number;
			message: string;
		},
		_request,
		reply,
	) => {
		const isClients =
			error.validation !== undefined ||
			error.code === "FST_ERR_CTP_INVALID_JSON_BODY";
		const status = isClients ? 422 : (error.statusCode ?? 500);
		reply.code(status).send({ detail: error.message });
	},
);
app.setNotFoundHandler((_request, reply) => {
	reply.code(404).send({ detail: "Not Found" });
});

app.get(
	"/hello",
	{
		schema: {
			response: {
				200: { type: "object", properties: { message: { type: "string" } } },
			},
		},
	},
	(_request, reply) => {
		reply.send({ message: "Hello, world!" });
	},
);

app.get<{
	Params: { item_id: number };
	Querystring: { q?: string; limit: number };
}>(
	"/items/:item_id",
	{
		schema: {
			params: {
				type: "object",
				properties: { item_id: { type: "integer" } },
				required: ["item_id"],
			},
			querystring: {
				type: "object",
				properties: {
					q: { type: "string" },
					limit: { type: "integer", minimum: 1, maximum: 100, default: 10 },
				},
			},
			response: {
				200: {
					type: "object",
					properties: {
						item_id: { type: "integer" },
						q: { type: "string" },
						limit: { type: "integer" },
					},
				},
			},
		},
	},
	(request, reply) => {
		reply.send({
			item_id: request.params.item_id,
			q: request.query.q,
			limit: request.query.limit,
		});
	},
);

const order = {
	name: { type: "string", minLength: 1, maxLength: 100 },
	price: { type: "number", exclusiveMinimum: 0 },
	quantity: { type: "integer", minimum: 1 },
	tags: { type: "array", items: { type: "string" } },
};

app.post<{ Body: Record<string, unknown> }>(
	"/orders",
	{
		schema: {
			body: {
				type: "object",
				properties: { ...order, secret: { type: "string" } },
				required: ["name", "price", "quantity", "tags", "secret"],
			},
			response: {
				200: {
					type: "object",
					properties: { id: { type: "integer" }, ...order },
				},
			},
		},
	},
	(request, reply) => {
		reply.send({ id: 1, ...request.body });
	},
);

app.decorateRequest("settings", null);
app.decorateRequest("token", "");
app.decorateRequest("user", null);
app.decorateRequest("profile", null);

function refuse(reply: FastifyReply) {
	return reply.code(401).send({ detail: "Not authenticated" });
}

function readSettings(
	request: FastifyRequest,
	_reply: FastifyReply,
	done: () => void,
) {
	request.settings = { region: "eu" };
	done();
}

function readToken(
	request: FastifyRequest,
	reply: FastifyReply,
	done: () => void,
) {
	const authorization = request.headers.authorization;
	if (authorization?.startsWith("Bearer ") !== true) {
		refuse(reply);
		return;
	}
	request.token = authorization.slice("Bearer ".length);
	done();
}

async function readUser(request: FastifyRequest, reply: FastifyReply) {
	const user = users.get(request.token);
	if (user === undefined) {
		return refuse(reply);
	}
	request.user = user;
}

function readProfile(
	request: FastifyRequest,
	_reply: FastifyReply,
	done: () => void,
) {
	const { user, settings } = request;
	if (user !== null && settings !== null) {
		request.profile = { ...user, region: settings.region };
	}
	done();
}

app.get(
	"/me",
	{
		preHandler: [readSettings, readToken, readUser, readProfile],
		schema: {
			response: {
				200: {
					type: "object",
					properties: {
						name: { type: "string" },
						roles: { type: "array", items: { type: "string" } },
						region: { type: "string" },
					},
				},
			},
		},
	},
	(request, reply) => {
		reply.send(request.profile);
	},
);

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
