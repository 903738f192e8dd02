import type { ResponseHeaders } from "./response-headers.ts";
import type { FileBody } from "./stored-file.ts";

/** The response that leaves; owned by one exchange. */
export interface Answer {
	readonly status: number;
	readonly headers: ResponseHeaders;
	readonly body: AnswerBody;
	/** The value of its one header, `content-type`, where it is known to have no other. */
	readonly onlyType?: string | undefined;
	/** True when the body never ends by itself. */
	readonly endsOnShutdown: boolean;
}

/** A body as it leaves: a file has been looked up, a stream belongs to this answer alone. */
export type AnswerBody =
	| null
	| string
	| Uint8Array
	| AsyncIterable<string | Uint8Array>
	| { readonly file: FileBody };
