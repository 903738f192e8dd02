import assert from "node:assert/strict";
import { HTTPException } from "../../src/errors/http-exception.ts";
import type { Answer } from "../../src/http/answer.ts";
import type { AppPort, StopReport } from "../../src/http/app-port.ts";
import { defaultLimits, type Limits } from "../../src/http/limits.ts";
import { Request } from "../../src/http/request.ts";
import { Response } from "../../src/http/response.ts";
import type {
	ServeOptions,
	ServerLog,
} from "../../src/server/lifecycle/serve-options.ts";
import type { Server } from "../../src/server/lifecycle/server.ts";
import { serve } from "../../src/server/serve.ts";

type Handler = (request: Request) => Response | Promise<Response>;

type Around = Partial<AppPort> & {
	readonly limits?: Limits;
	readonly exitTimeoutMs?: number;
};

/** The least that a server can be given: a handler, and what happens around it. HTTP exceptions become answers, as in an app. */
export function portApp(
	handle: Handler,
	around: Around = {},
	log: ServerLog = console,
): AppPort {
	const context = {
		app: undefined,
		state: {},
		limits: { ...defaultLimits, ...around.limits },
		rootPath: "",
	};
	return {
		start: () => Promise.resolve(),
		handle(exchange, taker) {
			exchange.app = {
				exitTimeoutMs: around.exitTimeoutMs ?? 0,
				rootPath: "",
				logger: log,
				track: (end) => end(),
			};
			const response = handle(new Request(exchange, context));
			if (!(response instanceof Promise)) {
				return response as Answer; // no file is to be looked up
			}
			assert.ok(taker, "a server takes answers");
			return response.catch(exceptionAnswer).then(
				(made) => taker.take(exchange, made as Answer), // as above
				(error) => taker.fail(exchange, error),
			);
		},
		beginShutdown: () => {},
		drain: () => Promise.resolve(true),
		stop: (): Promise<StopReport> => Promise.resolve({ errors: [] }),
		...around,
	};
}

function exceptionAnswer(error: unknown): Response {
	if (!(error instanceof HTTPException)) {
		throw error;
	}
	return new Response(JSON.stringify({ detail: error.detail }), {
		status: error.status,
		mediaType: "application/json",
	});
}

/** An answer of plain text. */
export function text(body: string, status = 200): Response {
	return new Response(body, { status, mediaType: "text/plain" });
}

/** The lines of a server's log. */
export class LogLines implements ServerLog {
	readonly lines: string[] = [];

	info(message: string): void {
		this.lines.push(message);
	}

	warn(message: string): void {
		this.lines.push(message);
	}

	error(message: string, error?: unknown): void {
		this.lines.push(error === undefined ? message : `${message}: ${error}`);
	}

	get text(): string {
		return this.lines.join("\n");
	}
}

/** A server on a free port that leaves the process alone, and what it logs. */
export async function startServer(
	handle: Handler,
	options: ServeOptions & { readonly around?: Around } = {},
): Promise<Server & { readonly log: LogLines }> {
	const { around, ...rest } = options;
	const log = new LogLines();
	const isElsewhere = rest.socketPath !== undefined || rest.fd !== undefined;
	const server = await serve(portApp(handle, around, log), {
		...(isElsewhere ? {} : { port: 0 }),
		signals: false,
		log,
		...rest,
	});
	return Object.assign(server, { log });
}
