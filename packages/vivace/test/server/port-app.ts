import type { AppPort, StopReport } from "../../src/http/app-port.ts";
import { Request } from "../../src/http/request.ts";
import { Response } from "../../src/http/response.ts";

type Handler = (request: Request) => Response | Promise<Response>;

/** The least that a server can be given: a handler, and what happens around it. */
export function portApp(
	handle: Handler,
	around: Partial<AppPort> & { readonly bodyLimitBytes?: number } = {},
): AppPort {
	const context = {
		app: undefined,
		state: {},
		bodyLimitBytes: around.bodyLimitBytes ?? 1_048_576,
		rootPath: "",
	};
	return {
		start: () => Promise.resolve(),
		request: (source) => new Request(source, context),
		handle,
		beginShutdown: () => {},
		drain: () => Promise.resolve(true),
		stop: (): Promise<StopReport> => Promise.resolve({ errors: [] }),
		...around,
	};
}

/** An answer of plain text. */
export function text(body: string, status = 200): Response {
	return new Response(body, { status, mediaType: "text/plain" });
}
