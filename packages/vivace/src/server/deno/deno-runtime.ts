/** The part of Deno's own interface that the server uses, as Deno 2.9 has it; its types are no dependency of ours. */
export interface DenoRuntime {
	serve(
		options: DenoServeOptions & DenoPlace,
		handler: (
			request: globalThis.Request,
			info: DenoRequestInfo,
		) => globalThis.Response | Promise<globalThis.Response>,
	): DenoServer;
	/** The name under which Deno keeps what its own modules use of each other. */
	readonly internal?: symbol;
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

/** Where a server listens: a TCP port, or a Unix socket. */
export type DenoPlace =
	| {
			readonly hostname: string;
			readonly port: number;
			readonly tcpBacklog: number;
	  }
	| { readonly path: string };

export interface DenoServeOptions {
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
	/** That of a Unix socket has a path alone. */
	readonly addr: { readonly hostname?: string; readonly port?: number };
	readonly finished: Promise<void>;
	/** Accepts no more, closes idle connections, and resolves when all are closed. */
	shutdown(): Promise<void>;
}

/** A request that has become a bare connection; the response has to be returned for it. */
export interface DenoUpgraded {
	readonly response: globalThis.Response;
	readonly conn: DenoConnection;
}

/** A bare connection. Writes are partial, and calls reject when it is closed. */
export interface DenoConnection {
	/** @returns how many bytes have come, `null` when no more will */
	read(into: Uint8Array): Promise<number | null>;
	write(bytes: Uint8Array): Promise<number>;
	close(): void;
}

interface DenoForeignFunction {
	readonly parameters: readonly ("i32" | "usize" | "buffer")[];
	readonly result: "i32" | "isize";
}

/** Deno, where this process runs on it. */
export function denoRuntime(): DenoRuntime | undefined {
	return (globalThis as { readonly Deno?: DenoRuntime }).Deno;
}

/**
 * Makes a request the bare connection on which it has come: what is written first has to be the head of an answer with 101. Not among what
 * Deno promises to keep; `undefined` where it is not there. `Deno.upgradeWebSocket` is no stead for it: as of 2.9 it takes frames that are not
 * masked, ends a connection that breaks the protocol without a close frame, knows no limit below 64 MiB, and can't stop reading.
 */
export function denoUpgrade(
	deno: DenoRuntime,
): ((request: globalThis.Request) => DenoUpgraded) | undefined {
	const { internal } = deno;
	const members: object = deno;
	const shared =
		internal === undefined ? undefined : Reflect.get(members, internal);
	const upgrade: unknown = shared?.upgradeHttpRaw;
	return typeof upgrade === "function"
		? (request) => upgrade(request) as DenoUpgraded
		: undefined;
}
