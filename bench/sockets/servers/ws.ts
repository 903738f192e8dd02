import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";

// bare ws, on which every server here stands, with a message limit and no compression as theirs
const server = createServer((_, response) => response.end("ok"));
const sockets = new WebSocketServer({
	noServer: true,
	clientTracking: false,
	maxPayload: 1024 * 1024,
	perMessageDeflate: false,
});
const group = new Set<WebSocket>();

server.on("upgrade", (request, socket, head) => {
	sockets.handleUpgrade(request, socket, head, (client) => {
		client.on("error", () => {});
		if (request.url === "/echo") {
			client.on("message", (data, isBinary) =>
				client.send(data, { binary: isBinary }),
			);
			return;
		}
		group.add(client);
		client.on("close", () => group.delete(client));
		client.on("message", (data, isBinary) => {
			for (const each of group) {
				each.send(data, { binary: isBinary });
			}
		});
	});
});

server.listen(Number(process.env.PORT), "127.0.0.1", 4096);
