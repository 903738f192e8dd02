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
	readonly idleTimeout: number;
	readonly maxRequestBodySize: number;
	readonly reusePort?: boolean;
	fetch(
		request: globalThis.Request,
		server: BunServer,
	): globalThis.Response | Promise<globalThis.Response>;
	error(error: Error): globalThis.Response;
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
