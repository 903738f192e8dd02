// Bun's own sockets when a person writes only what is measured
interface Data {
	readonly isInGroup: boolean;
}

interface Socket {
	readonly data: Data;
	send(message: string | Uint8Array): number;
}

interface Bun {
	serve(options: {
		readonly port: number;
		readonly hostname: string;
		readonly development: boolean;
		fetch(
			request: Request,
			server: { upgrade(request: Request, options: { data: Data }): boolean },
		): Response | undefined;
		readonly websocket: {
			readonly maxPayloadLength: number;
			readonly perMessageDeflate: boolean;
			open(socket: Socket): void;
			message(socket: Socket, message: string | Uint8Array): void;
			close(socket: Socket): void;
		};
	}): unknown;
}

const group = new Set<Socket>();

(globalThis as unknown as { readonly Bun: Bun }).Bun.serve({
	port: Number(process.env.PORT),
	hostname: "127.0.0.1",
	development: false,
	fetch(request, server) {
		const isInGroup = request.url.endsWith("/broadcast");
		return server.upgrade(request, { data: { isInGroup } })
			? undefined
			: new Response("ok");
	},
	websocket: {
		maxPayloadLength: 1024 * 1024,
		perMessageDeflate: false,
		open(socket) {
			if (socket.data.isInGroup) {
				group.add(socket);
			}
		},
		message(socket, message) {
			if (!socket.data.isInGroup) {
				socket.send(message);
				return;
			}
			for (const each of group) {
				each.send(message);
			}
		},
		close(socket) {
			group.delete(socket);
		},
	},
});
