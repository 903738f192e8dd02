import { Elysia } from "elysia";

interface Socket {
	send(message: unknown): unknown;
}

const group = new Map<string, Socket>();

new Elysia({ websocket: { maxPayloadLength: 1024 * 1024 } })
	.get("/", () => "ok")
	.ws("/echo", {
		message(socket, message) {
			socket.send(message);
		},
	})
	.ws("/broadcast", {
		open(socket) {
			group.set(socket.id, socket);
		},
		message(_, message) {
			for (const each of group.values()) {
				each.send(message);
			}
		},
		close(socket) {
			group.delete(socket.id);
		},
	})
	.listen({ port: Number(process.env.PORT), hostname: "127.0.0.1" });
