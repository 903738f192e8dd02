import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import { z } from "zod";
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

const Item = z.object({
	id: z.int(),
	name: z.string(),
	price: z.number(),
	note: z.string().nullable(),
	active: z.boolean(),
	tags: z.array(z.string()),
});
const List = z.array(Item);

type Handler = (
	request: IncomingMessage,
	response: ServerResponse,
) => void | Promise<void>;

const routes = new Map<string, Handler>([
	["/hello", (_, response) => json(response, { message: "hello" })],
	["/plain", (_, response) => json(response, 1)],
	["/sync-1", (_, response) => entered(response, 1)],
	["/sync-3", (_, response) => entered(response, 3)],
	["/async-1", async (_, response) => enteredLater(response, 1)],
	["/async-3", async (_, response) => enteredLater(response, 3)],
	["/list", (_, response) => json(response, items)],
	["/list-nulls", (_, response) => json(response, itemsWithNulls)],
	["/list-schema", (_, response) => json(response, List.parse(items))],
	[
		"/list-schema-nulls",
		(_, response) => json(response, List.parse(itemsWithNulls)),
	],
	["/visits", (_, response) => json(response, visits.map(written))],
	["/events", (_, response) => send(response, readyEvents(), event)],
	["/feed", (_, response) => send(response, feedEvents(), event)],
	["/lines", (_, response) => send(response, readyEvents(), line)],
	["/open", (_, response) => send(response, oneEvent(), event)],
	[
		"/body",
		async (request, response) => {
			const text = Buffer.concat(await chunksOf(request)).toString();
			json(response, List.parse(JSON.parse(text)).length);
		},
	],
	[
		"/upload",
		async (request, response) => {
			let size = 0;
			request.on("data", (chunk: Buffer) => {
				size += chunk.length;
			});
			request.on("end", () => json(response, size));
		},
	],
]);
for (let index = 0; index < moreRoutes; index += 1) {
	routes.set(`/more${index}`, (_, response) => json(response, index));
}

createServer((request, response) => {
	const handler = routes.get(request.url ?? "");
	if (handler === undefined) {
		response.writeHead(404).end();
		return;
	}
	void handler(request, response);
}).listen(port, "127.0.0.1");

function json(response: ServerResponse, value: unknown): void {
	const text = JSON.stringify(value);
	response.writeHead(200, {
		"content-type": "application/json",
		"content-length": Buffer.byteLength(text),
	});
	response.end(text);
}

function entered(response: ServerResponse, count: number): void {
	open.count += count;
	try {
		json(response, 1);
	} finally {
		open.count -= count;
	}
}

async function enteredLater(
	response: ServerResponse,
	count: number,
): Promise<void> {
	for (let index = 0; index < count; index += 1) {
		await Promise.resolve();
		open.count += 1;
	}
	try {
		json(response, 1);
	} finally {
		for (let index = 0; index < count; index += 1) {
			await Promise.resolve();
			open.count -= 1;
		}
	}
}

function written({ id, at }: (typeof visits)[number]): object {
	return { id, at: at.toISOString().replace(".000Z", "+00:00") };
}

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const line = (value: object) => `${JSON.stringify(value)}\n`;

async function send(
	response: ServerResponse,
	values: AsyncIterable<object>,
	toText: (value: object) => string,
): Promise<void> {
	const isLines = toText === line;
	response.writeHead(200, {
		"content-type": isLines
			? "application/jsonl"
			: "text/event-stream; charset=utf-8",
	});
	for await (const value of values) {
		if (!response.write(toText(value))) {
			await new Promise((resolve) => response.once("drain", resolve));
		}
	}
	response.end();
}

async function chunksOf(request: IncomingMessage): Promise<Buffer[]> {
	const chunks: Buffer[] = [];
	request.on("data", (chunk: Buffer) => chunks.push(chunk));
	await new Promise((resolve) => request.on("end", resolve));
	return chunks;
}
