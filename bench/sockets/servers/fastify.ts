import websocket from "@fastify/websocket";
import Fastify from "fastify";
import type { WebSocket } from "ws";

const app = Fastify();
const group = new Set<WebSocket>();

await app.register(websocket, {
	options: { maxPayload: 1024 * 1024, perMessageDeflate: false },
});

app.get("/", async () => "ok");

app.get("/echo", { websocket: true }, (socket: WebSocket) => {
	socket.on("message", (data, isBinary) =>
		socket.send(data, { binary: isBinary }),
	);
});

app.get("/broadcast", { websocket: true }, (socket: WebSocket) => {
	group.add(socket);
	socket.on("close", () => group.delete(socket));
	socket.on("message", (data, isBinary) => {
		for (const each of group) {
			each.send(data, { binary: isBinary });
		}
	});
});

await app.listen({
	port: Number(process.env.PORT),
	host: "127.0.0.1",
	backlog: 4096,
});
