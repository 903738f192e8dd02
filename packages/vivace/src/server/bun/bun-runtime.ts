import type { RuntimeSocket } from "../fetch/fetch-platform.ts";

/** The part of Bun's own interface that the server uses, as Bun 1.4 has it; its types are no dependency of ours. */
export interface BunRuntime {
	readonly version: string;
	serve(options: BunServeOptions): BunServer;
	file(descriptor: number | string): BunFile;
}

export interface BunServeOptions {
	readonly hostname: string;
	readonly port: number;
	readonly development: boolean;
	/** Seconds, 0 to 255. */
	readonly idleTimeout?: number;
	readonly maxRequestBodySize?: number;
	readonly reusePort?: boolean;
	fetch(
		request: globalThis.Request,
		server: BunServer,
	): globalThis.Response | Promise<globalThis.Response>;
	error?(error: Error): globalThis.Response;
	readonly websocket?: BunSocketHandler<never>;
}

/** The handler of all sockets; `Data` is what `upgrade` was given. */
export interface BunSocketHandler<Data> {
	readonly maxPayloadLength: number;
	readonly perMessageDeflate: boolean;
	/** The most that waits to be sent, in bytes: while more waits, messages are dropped. 0 is no limit. */
	readonly backpressureLimit: number;
	readonly sendPings: boolean;
	/** Seconds; 0 is no limit. */
	readonly idleTimeout: number;
	open(socket: BunSocket<Data>): void;
	message(socket: BunSocket<Data>, data: string | Uint8Array): void;
	pong(socket: BunSocket<Data>): void;
	drain(socket: BunSocket<Data>): void;
	close(socket: BunSocket<Data>, code: number, reason: string): void;
}

export interface BunSocket<Data> extends RuntimeSocket {
	readonly data: Data;
}

export interface BunServer {
	readonly hostname: string;
	readonly port: number;
	readonly address?: { readonly address: string; readonly port: number };
	readonly pendingRequests: number;
	/** `null` when the answer has left, or the client has. */
	requestIP(
		request: globalThis.Request,
	): { readonly address: string; readonly port: number } | null;
	/** Answers a handshake; the socket opens before it returns. False when the client has gone. */
	upgrade(
		request: globalThis.Request,
		options: {
			readonly headers: readonly (readonly [string, string])[];
			readonly data: unknown;
		},
	): boolean;
	/** Has the connection closed after so many seconds, 0 for never; it stays so for what follows on the connection. */
	timeout(request: globalThis.Request, seconds: number): void;
	/** Closes those that wait for their next request. */
	closeIdleConnections(): number;
	/** Resolves when all connections are closed. */
	stop(closeActiveConnections?: boolean): Promise<void>;
}

export interface BunFile extends Blob {
	slice(begin?: number, end?: number, type?: string): Blob;
}

/** Bun, where this process runs on it. */
export function bunRuntime(): BunRuntime | undefined {
	return (globalThis as { readonly Bun?: BunRuntime }).Bun;
}
