// The service that stands behind the recipes' proxies: `node shop.ts <file that writes are appended to>`.
import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { App, EventSourceResponse, Request, serve } from "vivace";
import { z } from "zod";

const file = process.argv[2] ?? "";
const { PORT, SOCKET_PATH } = process.env;
const app = new App({
	health: true,
	limits: { bodyBytes: 100_000_000 },
});
let uploadedBytes = 0;
const more = Promise.withResolvers<void>();

app.get("/who", { request: Request }, function read_who({ request }) {
	const { protocol, host } = new URL(request.url);
	return {
		scheme: protocol.replace(":", ""),
		host,
		client: request.client?.host,
	};
});

app.post(
	"/writes/{line}",
	{ line: z.string() },
	async function write({ line }) {
		await wait(2); // so that some are under way whenever it is told to stop
		appendFileSync(file, `${line}\n`);
	},
);

app.post("/uploads", { request: Request }, async function upload({ request }) {
	uploadedBytes = 0;
	for await (const chunk of request.stream()) {
		uploadedBytes += chunk.length;
	}
	return { bytes: uploadedBytes };
});

app.get("/uploads", function uploaded() {
	return { bytes: uploadedBytes };
});

app.get(
	{ path: "/events", responseClass: EventSourceResponse },
	async function* read_events() {
		yield { number: 1 };
		await more.promise;
		yield { number: 2 };
	},
);

app.post("/events", function write_event() {
	more.resolve();
});

app.websocket("/echo", async function echo(_values, socket) {
	for await (const message of socket) {
		await socket.send(`${socket.request.client?.host} says ${message}`);
	}
});

await serve(app, {
	...(SOCKET_PATH ? { socketPath: SOCKET_PATH } : { port: Number(PORT) }),
	drainDelayMs: 3_000,
});
