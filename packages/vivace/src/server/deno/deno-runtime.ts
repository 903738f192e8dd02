/** The part of Deno's own interface that the server uses, as Deno 2.9 has it; its types are no dependency of ours. */
export interface DenoRuntime {
	serve(
		options: DenoServeOptions,
		handler: (
			request: globalThis.Request,
			info: DenoRequestInfo,
		) => globalThis.Response | Promise<globalThis.Response>,
	): DenoServer;
	readonly permissions: {
		querySync(descriptor: { readonly name: "ffi" }): { readonly state: string };
	};
	dlopen(
		library: string,
		declared: Readonly<Record<string, DenoForeignFunction>>,
	): {
		readonly symbols: Readonly<
			Record<string, (...values: readonly (number | Uint8Array)[]) => number>
		>;
		close(): void;
	};
}

export interface DenoServeOptions {
	readonly hostname: string;
	readonly port: number;
	readonly tcpBacklog: number;
	/** Aborted, it cuts all connections. */
	readonly signal: AbortSignal;
	/** Without it Deno writes a line of its own. */
	onListen(): void;
	onError(error: unknown): globalThis.Response;
}

/** The news beside a request. */
export interface DenoRequestInfo {
	readonly remoteAddr: { readonly hostname?: string; readonly port?: number };
	/** Settled when the answer was handed to the connection; that of a stream when its last chunk was. */
	readonly completed: Promise<void>;
}

export interface DenoServer {
	readonly addr: { readonly hostname: string; readonly port: number };
	readonly finished: Promise<void>;
	/** Accepts no more, closes idle connections, and resolves when all are closed. */
	shutdown(): Promise<void>;
}

interface DenoForeignFunction {
	readonly parameters: readonly ("i32" | "buffer")[];
	readonly result: "i32";
}

/** Deno, where this process runs on it. */
export function denoRuntime(): DenoRuntime | undefined {
	return (globalThis as { readonly Deno?: DenoRuntime }).Deno;
}
