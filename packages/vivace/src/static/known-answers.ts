import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";

/** Paths and headers are the clients' words: of one file there are any number. */
const limitCount = 4096;
/** Browsers send a fifth of that; longer words would have 4,096 of them take more than the files. */
const limitCharacters = 1024;

/** As much of a request as such an answer depends on. */
type Asked = Pick<Request, "header" | "routePath">;

/**
 * The answers (304) to clients that have a file already, kept by what was asked for. For folders in which nothing changes: neither is the path
 * taken apart again nor the file looked for.
 */
export class KnownAnswers {
	readonly #answers = new Map<string, Response>();

	/** The answer for a client that names the same entity tag as the one before it. */
	of(request: Asked): Response | undefined {
		const tag = request.header("if-none-match");
		return tag === undefined
			? undefined
			: this.#answers.get(keyOf(request, tag));
	}

	/** Keeps an answer, which is a value that any client may be sent. */
	keep(request: Asked, response: Response): void {
		const tag = request.header("if-none-match");
		if (tag === undefined || response.status !== 304) {
			return;
		}
		const key = keyOf(request, tag);
		if (key.length > limitCharacters) {
			return;
		}
		this.#answers.set(key, response);
		if (this.#answers.size > limitCount) {
			const [oldest = ""] = this.#answers.keys();
			this.#answers.delete(oldest);
		}
	}
}

/** All that such an answer depends on. */
function keyOf(request: Asked, tag: string): string {
	return `${request.routePath}\0${tag}\0${request.header("accept-encoding") ?? ""}`;
}
