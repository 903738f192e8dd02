import type { Request } from "./request.ts";
import type { Response } from "./response.ts";

/** What can be mounted beside apps, `fetch` objects and Node handlers: it answers our own requests. `staticFiles()` gives one. */
export interface RequestTarget {
	/**
	 * Answers a request. What it throws is answered by the exception handlers of the app that it is mounted in.
	 *
	 * @param request its path begins behind the mount
	 */
	respond(request: Request): Response | Promise<Response>;
}
