import type { WebSocket as WsSocket } from "ws";
import type { SocketHead } from "../../http/upgrade.ts";
import type { RuntimeSocket, SocketNews } from "../fetch/fetch-platform.ts";
import { PongLine } from "../lifecycle/pong-line.ts";
import {
	answerHandshake,
	prepareHandshake,
	violationCode,
	webSocketServer,
} from "../lifecycle/web-socket-server.ts";
import type { UpgradedStream } from "./upgraded-stream.ts";

type HandshakeRequest = Parameters<
	Awaited<ReturnType<typeof webSocketServer>>["handleUpgrade"]
>[0];

/**
 * Answers the handshake of a socket on its bare connection, by `ws` as on Node.
 *
 * @param headers those of the handshake
 * @returns when it is open, or lost
 */
export function openSocket(
	headers: Readonly<Record<string, string>>,
	stream: UpgradedStream,
	head: SocketHead,
	news: SocketNews,
): Promise<void> {
	// as much of it as is read for a handshake
	const request = { method: "GET", headers } as HandshakeRequest;
	prepareHandshake(request, head);
	return new Promise((resolve, reject) => {
		const gone = () => {
			news.closed(1006, "");
			resolve();
		};
		stream.once("close", gone);
		Promise.resolve(webSocketServer(head)).then((server) => {
			if (stream.destroyed) {
				return; // a stop has cut it meanwhile
			}
			answerHandshake(server, request, stream, Buffer.alloc(0), (ws) => {
				stream.off("close", gone);
				news.opened(new DenoSocket(ws, stream, news));
				resolve();
			});
		}, reject);
	});
}

class DenoSocket implements RuntimeSocket {
	readonly #ws: WsSocket;
	#pongs: PongLine | undefined;

	constructor(ws: WsSocket, stream: UpgradedStream, news: SocketNews) {
		this.#ws = ws;
		stream.onFlushed = () => {
			if (ws.bufferedAmount === 0) {
				news.drained();
			}
		};
		ws.on("message", (data: Buffer, isBinary) =>
			news.message(isBinary ? data : data.toString()),
		);
		ws.on("ping", (data: Buffer) => {
			this.#pongs ??= new PongLine();
			this.#pongs.answer(ws, data);
		});
		ws.on("pong", () => news.pong());
		ws.on("close", (code, reason) => news.closed(code, reason.toString()));
		ws.on("error", (error) => {
			const code = violationCode(error);
			if (code !== undefined) {
				stream.isRefusing = true;
				news.closed(code, error.message);
			}
		});
	}

	send(data: string | Uint8Array): number {
		const ws = this.#ws;
		if (ws.readyState !== ws.OPEN) {
			return 0;
		}
		ws.send(data, { binary: typeof data !== "string" });
		return ws.bufferedAmount === 0 ? 1 : -1;
	}

	close(code: number, reason: string): void {
		this.#ws.close(code, reason);
	}

	terminate(): void {
		this.#ws.terminate();
	}

	getBufferedAmount(): number {
		return this.#ws.bufferedAmount;
	}

	ping(): void {
		this.#ws.ping();
	}

	pause(): void {
		this.#ws.pause();
	}

	resume(): void {
		this.#ws.resume();
	}
}
