import { Readable } from "node:stream";
import Fastify, { type FastifyReply } from "fastify";
import {
	feedEvents,
	items,
	itemsWithNulls,
	moreRoutes,
	oneEvent,
	open,
	port,
	readyEvents,
	visits,
} from "./data.js";

const item = {
	type: "object",
	properties: {
		id: { type: "integer" },
		name: { type: "string" },
		price: { type: "number" },
		note: { type: "string", nullable: true },
		active: { type: "boolean" },
		tags: { type: "array", items: { type: "string" } },
	},
	required: ["id", "name", "price", "note", "active", "tags"],
};
const list = { type: "array", items: item };
const schema = { response: { 200: list } };

const app = Fastify({ bodyLimit: 20_000_000 });

app.get("/hello", async () => ({ message: "hello" }));
app.get("/plain", async (_request, reply) => number(reply, 1));
for (const count of [1, 3]) {
	app.get(
		`/sync-${count}`,
		{
			preHandler: hooks(count, (_request, _reply, done) => {
				open.count += 1;
				done();
			}),
			onResponse: hooks(count, (_request, _reply, done) => {
				open.count -= 1;
				done();
			}),
		},
		async (_request, reply) => number(reply, 1),
	);
	app.get(
		`/async-${count}`,
		{
			preHandler: hooks(count, async () => {
				open.count += 1;
			}),
			onResponse: hooks(count, async () => {
				open.count -= 1;
			}),
		},
		async (_request, reply) => number(reply, 1),
	);
}
app.get("/list", async () => items);
app.get("/list-nulls", async () => itemsWithNulls);
app.get("/list-schema", { schema }, async () => items);
app.get("/list-schema-nulls", { schema }, async () => itemsWithNulls);
app.get("/visits", async () =>
	visits.map(({ id, at }) => ({
		id,
		at: at.toISOString().replace(".000Z", "+00:00"),
	})),
);
app.get("/events", (_request, reply) => stream(reply, readyEvents(), event));
app.get("/feed", (_request, reply) => stream(reply, feedEvents(), event));
app.get("/lines", (_request, reply) => stream(reply, readyEvents(), line));
app.get("/open", (_request, reply) => stream(reply, oneEvent(), event));
app.post("/body", { schema: { body: list } }, async (request, reply) =>
	number(reply, (request.body as unknown[]).length),
);
app.addContentTypeParser("application/octet-stream", (_request, body, done) =>
	done(null, body),
);
app.post("/upload", { bodyLimit: 2 ** 40 }, async (request, reply) => {
	let size = 0;
	for await (const chunk of request.body as Readable) {
		size += chunk.length;
	}
	return number(reply, size);
});
for (let index = 0; index < moreRoutes; index += 1) {
	app.get(`/more${index}`, async (_request, reply) => number(reply, index));
}

await app.listen({ port, host: "127.0.0.1" });

function hooks<Hook>(count: number, hook: Hook): Hook[] {
	return Array.from({ length: count }, () => hook);
}

/** Fastify takes a number for no JSON. */
function number(reply: FastifyReply, value: number): string {
	reply.type("application/json");
	return String(value);
}

function event(value: object): string {
	return `data: ${JSON.stringify(value)}\n\n`;
}

function line(value: object): string {
	return `${JSON.stringify(value)}\n`;
}

function stream(
	reply: FastifyReply,
	values: AsyncIterable<object>,
	toText: (value: object) => string,
): FastifyReply {
	const texts = async function* () {
		for await (const value of values) {
			yield toText(value);
		}
	};
	reply.type(
		toText === line ? "application/jsonl" : "text/event-stream; charset=utf-8",
	);
	return reply.send(Readable.from(texts()));
}
