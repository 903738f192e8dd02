import type { Request } from "./request.ts";
import type { Response } from "./response.ts";

/** A target that answers our own requests and can be mounted, as apps, `fetch` objects and Node handlers can. `staticFiles()` gives one. */
export interface RequestTarget {
	/**
	 * Answers a request. What it throws is answered by the exception handlers of the app that it is mounted in.
	 *
	 * @param request its path begins behind the mount
	 */
	respond(request: Request): Response | Promise<Response>;
}
