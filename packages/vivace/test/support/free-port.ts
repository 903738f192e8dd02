import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port that nobody has, and whose next ones nobody has either. Not one that the system hands out: while a server is stopped for a restart, the system would hand its port
 * to the next one who asks, or to a connection.
 */
export async function freePort(count: number = 1): Promise<number> {
	for (;;) {
		const port = 20_000 + Math.floor(Math.random() * 12_000);
		const ports = Array.from({ length: count }, (_, index) => port + index);
		if ((await Promise.all(ports.map(isFree))).every(Boolean)) {
			return port;
		}
	}
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer().listen(port, "127.0.0.1");
	const isListening = await once(server, "listening").then(
		() => true,
		() => false, // somebody has it
	);
	if (!isListening) {
		return false;
	}
	server.close();
	await once(server, "close");
	return true;
}
