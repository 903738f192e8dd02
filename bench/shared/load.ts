/**
 * The load generator, a process of its own: keep-alive connections on plain sockets, one request at a time on each.
 */
import { connect, type Socket } from "node:net";
import { createHistogram } from "node:perf_hooks";
import type { BenchRequest } from "./bench-request.ts";

/** A command of the bench to its load generator. */
export type LoadCommand =
	| {
			readonly type: "open";
			readonly port: number;
			readonly connections: number;
			/** Sent one after the other, whichever connection is free, and then again from the first. */
			readonly requests: readonly BenchRequest[];
			readonly status: number;
	  }
	| { readonly type: "run"; readonly durationMs: number }
	| { readonly type: "close" };

/** The result of a command. */
export type LoadResult =
	| {
			readonly type: "done";
			/** How many requests were answered, by their target. */
			readonly answers: Readonly<Record<string, number>>;
			readonly elapsedMs: number;
			readonly latencyMs: Latency;
	  }
	| { readonly type: "failed"; readonly message: string };

/** From the first byte sent to the last one received, in milliseconds. */
export interface Latency {
	readonly p50: number;
	readonly p99: number;
	readonly max: number;
}

/** A request as it is sent, and how often it was answered. */
interface Prepared {
	readonly bytes: Buffer;
	readonly target: string;
	answers: number;
}

/** A connection that sends one request at a time. */
class Connection {
	readonly #socket: Socket;
	readonly #statusLine: string;
	readonly #onAnswer: (connection: Connection) => void;
	#received = "";
	/** How long the answer is; 0 as long as that can't be said. */
	#length = 0;
	#sent: Prepared | undefined;
	#sentAt = 0;

	constructor(
		socket: Socket,
		status: number,
		onAnswer: (connection: Connection) => void,
		onError: (error: Error) => void,
	) {
		this.#socket = socket;
		this.#statusLine = `HTTP/1.1 ${status} `;
		this.#onAnswer = onAnswer;
		socket.setNoDelay(true);
		socket.setEncoding("latin1");
		socket.on("error", onError);
		socket.on("close", () => onError(new Error("the server closed")));
		socket.on("data", (chunk) => {
			this.#received += chunk;
			this.#length ||= answerLength(this.#received) ?? 0;
			if (this.#length === 0 || this.#received.length < this.#length) {
				return;
			}
			if (!this.#received.startsWith(this.#statusLine)) {
				onError(new Error(`unexpected answer: ${this.#received}`));
				return;
			}
			this.#received = "";
			this.#length = 0;
			if (this.#sent !== undefined) {
				this.#sent.answers += 1;
			}
			latencies.record(toNs(performance.now() - this.#sentAt));
			this.#onAnswer(this);
		});
	}

	send(): void {
		this.#sent = nextRequest();
		this.#sentAt = performance.now();
		this.#socket.write(this.#sent.bytes);
	}

	close(): void {
		this.#socket.removeAllListeners("close");
		this.#socket.destroy();
	}
}

/** How long the answer is that the text begins with; `undefined` as long as that can't be said. */
function answerLength(text: string): number | undefined {
	const headEnd = text.indexOf("\r\n\r\n");
	if (headEnd === -1) {
		return undefined;
	}
	const bodyStart = headEnd + 4;
	const head = text.slice(0, headEnd).toLowerCase();
	const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
	if (length !== undefined) {
		return bodyStart + Number(length);
	}
	if (!head.includes("\r\ntransfer-encoding: chunked")) {
		return bodyStart;
	}
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

const nsPerMs = 1e6;
const latencies = createHistogram();
let connections: Connection[] = [];
let requests: Prepared[] = [];
let next = 0;
let onAnswer: (connection: Connection) => void = () => {};

function nextRequest(): Prepared {
	const request = requests[next];
	if (request === undefined) {
		throw new RangeError("there is no request");
	}
	next = (next + 1) % requests.length;
	return request;
}

type Done = Extract<LoadResult, { type: "done" }>;

/** Opens the connections and lets each answer once. */
async function open(
	command: Extract<LoadCommand, { type: "open" }>,
): Promise<Done> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const start = performance.now();
	requests = command.requests.map((request) => ({
		bytes: toBytes(request),
		target: request.target,
		answers: 0,
	}));
	next = 0;
	let waiting = command.connections;
	onAnswer = () => {
		waiting -= 1;
		if (waiting === 0) {
			resolve();
		}
	};
	connections = Array.from({ length: command.connections }, () => {
		const socket = connect(command.port, "127.0.0.1");
		const connection: Connection = new Connection(
			socket,
			command.status,
			(answered) => onAnswer(answered),
			fail,
		);
		socket.once("connect", () => connection.send());
		socket.once("error", reject);
		return connection;
	});
	await promise;
	return done(start);
}

/** Keeps every connection busy for a while, then waits for the last answers. */
async function run(durationMs: number): Promise<Done> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const start = performance.now();
	let busy = connections.length;
	onAnswer = (connection) => {
		if (performance.now() - start < durationMs) {
			connection.send();
			return;
		}
		busy -= 1;
		if (busy === 0) {
			resolve();
		}
	};
	for (const connection of connections) {
		connection.send();
	}
	await promise;
	return done(start);
}

function close(): Done {
	const start = performance.now();
	for (const connection of connections) {
		connection.close();
	}
	connections = [];
	return done(start);
}

/** The answers since it was asked last. */
function done(start: number): Done {
	const elapsedMs = performance.now() - start;
	const answers: Record<string, number> = {};
	for (const request of requests) {
		answers[request.target] = (answers[request.target] ?? 0) + request.answers;
		request.answers = 0;
	}
	const latencyMs = {
		p50: latencies.percentile(50) / nsPerMs,
		p99: latencies.percentile(99) / nsPerMs,
		max: latencies.max / nsPerMs,
	};
	latencies.reset();
	return { type: "done", answers, elapsedMs, latencyMs };
}

/** A histogram takes integers above 0. */
function toNs(ms: number): number {
	return Math.max(1, Math.round(ms * nsPerMs));
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
			process.send?.(await open(command));
			break;
		case "run":
			process.send?.(await run(command.durationMs));
			break;
		case "close":
			process.send?.(close());
			break;
	}
});
