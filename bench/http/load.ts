/**
 * The load generator, a process of its own: keep-alive connections on plain sockets, one request at a time on each.
 */
import { connect, type Socket } from "node:net";
import type { BenchRequest } from "./workloads.ts";

/** What the bench asks for. */
export type LoadCommand =
	| {
			readonly type: "open";
			readonly port: number;
			readonly connections: number;
			readonly request: BenchRequest;
			readonly status: number;
	  }
	| { readonly type: "run"; readonly durationMs: number }
	| { readonly type: "close" };

/** What came of it. */
export type LoadResult =
	| {
			readonly type: "done";
			readonly requests: number;
			readonly elapsedMs: number;
	  }
	| { readonly type: "failed"; readonly message: string };

/** A connection that sends the same request again and again. */
class Connection {
	readonly #socket: Socket;
	readonly #request: Buffer;
	readonly #statusLine: string;
	readonly #onAnswer: (connection: Connection) => void;
	#received = "";

	constructor(
		socket: Socket,
		request: Buffer,
		status: number,
		onAnswer: (connection: Connection) => void,
		onError: (error: Error) => void,
	) {
		this.#socket = socket;
		this.#request = request;
		this.#statusLine = `HTTP/1.1 ${status} `;
		this.#onAnswer = onAnswer;
		socket.setNoDelay(true);
		socket.setEncoding("latin1");
		socket.on("error", onError);
		socket.on("close", () => onError(new Error("the server closed")));
		socket.on("data", (chunk) => {
			this.#received += chunk;
			const length = answerLength(this.#received);
			if (length === undefined || this.#received.length < length) return;
			if (!this.#received.startsWith(this.#statusLine)) {
				onError(new Error(`unexpected answer: ${this.#received}`));
				return;
			}
			this.#received = "";
			this.#onAnswer(this);
		});
	}

	send(): void {
		this.#socket.write(this.#request);
	}

	close(): void {
		this.#socket.removeAllListeners("close");
		this.#socket.destroy();
	}
}

/** How long the answer is that the text begins with; `undefined` as long as that can't be said. */
function answerLength(text: string): number | undefined {
	const headEnd = text.indexOf("\r\n\r\n");
	if (headEnd === -1) return undefined;
	const bodyStart = headEnd + 4;
	const head = text.slice(0, headEnd).toLowerCase();
	const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
	if (length !== undefined) return bodyStart + Number(length);
	if (!head.includes("\r\ntransfer-encoding: chunked")) return bodyStart;
	const end = text.indexOf("0\r\n\r\n", bodyStart);
	return end === -1 ? undefined : end + 5;
}

function toBytes({ method, target, headers = {}, body }: BenchRequest): Buffer {
	const lines = [`${method} ${target} HTTP/1.1`, "host: 127.0.0.1"];
	for (const [name, value] of Object.entries(headers)) {
		lines.push(`${name}: ${value}`);
	}
	if (body !== undefined) {
		lines.push(`content-length: ${Buffer.byteLength(body)}`);
	}
	return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

let connections: Connection[] = [];
let onAnswer: (connection: Connection) => void = () => {};

/** Opens the connections and lets each answer once. */
async function open(
	command: Extract<LoadCommand, { type: "open" }>,
): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const request = toBytes(command.request);
	let waiting = command.connections;
	onAnswer = () => {
		waiting -= 1;
		if (waiting === 0) resolve();
	};
	connections = Array.from({ length: command.connections }, () => {
		const socket = connect(command.port, "127.0.0.1");
		const connection: Connection = new Connection(
			socket,
			request,
			command.status,
			(answered) => onAnswer(answered),
			fail,
		);
		socket.once("connect", () => connection.send());
		socket.once("error", reject);
		return connection;
	});
	await promise;
}

/** Keeps every connection busy for a while, then waits for the last answers. */
async function run(
	durationMs: number,
): Promise<Extract<LoadResult, { type: "done" }>> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const start = performance.now();
	let requests = 0;
	let busy = connections.length;
	onAnswer = (connection) => {
		requests += 1;
		if (performance.now() - start < durationMs) {
			connection.send();
			return;
		}
		busy -= 1;
		if (busy === 0) resolve();
	};
	for (const connection of connections) connection.send();
	await promise;
	return { type: "done", requests, elapsedMs: performance.now() - start };
}

function close(): void {
	for (const connection of connections) connection.close();
	connections = [];
}

function fail(error: Error): void {
	process.send?.({
		type: "failed",
		message: error.message,
	} satisfies LoadResult);
	process.exit(1);
}

process.on("message", async (command: LoadCommand) => {
	switch (command.type) {
		case "open":
			await open(command);
			process.send?.({ type: "done", requests: 0, elapsedMs: 0 });
			break;
		case "run":
			process.send?.(await run(command.durationMs));
			break;
		case "close":
			close();
			process.send?.({ type: "done", requests: 0, elapsedMs: 0 });
			break;
	}
});
