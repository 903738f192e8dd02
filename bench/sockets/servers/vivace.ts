import { App, serve, WebSocket } from "vivace";

const app = new App();
const group = new Set<WebSocket>();

app.get("/", () => "ok");

app.websocket("/echo", async (_values, socket) => {
	for await (const message of socket) {
		await socket.send(message);
	}
});

app.websocket("/broadcast", async (_values, socket) => {
	await socket.accept();
	group.add(socket);
	try {
		for await (const message of socket) {
			await WebSocket.broadcast(group, message);
		}
	} finally {
		group.delete(socket);
	}
});

const port = Number(process.env.PORT);
// Bun's own server has neither of these
const room = "Bun" in globalThis ? {} : { maxConnections: 0, backlog: 4096 };
await serve(app, { port, ...room });
