import { ResponseHeaders } from "./response-headers.ts";

/** A body that a server can send from a disk itself; what a file response carries. */
export interface FileBody {
	readonly path: string;
	/** First byte to send. */
	readonly offset: number;
	readonly sizeBytes: number;
}

/** What a {@link Response} can carry; `null` is no body. A string is sent as UTF-8. */
export type ResponseBody =
	| null
	| string
	| Uint8Array
	| AsyncIterable<string | Uint8Array>
	| { readonly file: FileBody };

/** Options of a {@link Response}. */
export interface ResponseOptions {
	/** Status code. Default: 200. */
	readonly status?: number;
	readonly headers?:
		| Iterable<readonly [string, string]>
		| Readonly<Record<string, string>>;
	/** `Content-Type`; for text types `; charset=utf-8` is added. */
	readonly mediaType?: string;
}

/** An answer: status, headers and body, sent by the server as they are. */
export class Response {
	status: number;
	readonly headers: ResponseHeaders = new ResponseHeaders();
	body: ResponseBody;
	/**
	 * Whether the body never ends by itself (server-sent events): at shutdown `request.signal` is aborted at once rather than
	 * when `drainTimeout` is over.
	 */
	endsOnShutdown = false;
	/** @internal What must run when the body has been sent, was cancelled or failed; set by the app. */
	onSettled: ((error?: unknown) => void | Promise<void>) | undefined =
		undefined;

	constructor(body: ResponseBody = null, options: ResponseOptions = {}) {
		this.body = body;
		this.status = options.status ?? 200;
		const { headers } = options;
		if (headers !== undefined) {
			for (const [name, value] of Symbol.iterator in headers
				? headers
				: Object.entries(headers)) {
				this.headers.append(name, value);
			}
		}
		if (options.mediaType !== undefined) {
			this.headers.set("content-type", withCharset(options.mediaType));
		}
	}
}

function withCharset(mediaType: string): string {
	return mediaType.startsWith("text/") && !mediaType.includes("charset=")
		? `${mediaType}; charset=utf-8`
		: mediaType;
}
