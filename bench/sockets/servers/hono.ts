import { serve, upgradeWebSocket } from "@hono/node-server";
import { Hono } from "hono";
import type { WSContext } from "hono/ws";
import { WebSocketServer } from "ws";

const app = new Hono();
const group = new Set<WSContext>();

app.get("/", (context) => context.text("ok"));

app.get(
	"/echo",
	upgradeWebSocket(() => ({
		onMessage: (event, socket) => socket.send(event.data as string),
	})),
);

app.get(
	"/broadcast",
	upgradeWebSocket(() => ({
		onOpen: (_, socket) => {
			group.add(socket);
		},
		onMessage: (event) => {
			for (const each of group) {
				each.send(event.data as string);
			}
		},
		onClose: (_, socket) => {
			group.delete(socket);
		},
	})),
);

serve({
	fetch: app.fetch,
	port: Number(process.env.PORT),
	hostname: "127.0.0.1",
	websocket: {
		server: new WebSocketServer({
			noServer: true,
			maxPayload: 1024 * 1024,
			perMessageDeflate: false,
		}) as never, // its own types want what those of ws call optional
	},
});
