import type { IncomingMessage as AnyIncomingMessage } from "node:http";
import { isOtherRuntime } from "./other-runtime.ts";

// as in http-server.ts: an import would load all of the module
const IncomingMessage: typeof AnyIncomingMessage =
	process.getBuiltinModule("node:http").IncomingMessage;

/** Takes a body as the parser finds it. */
export interface BodyTaker {
	add(chunk: Uint8Array): void;
	end(): void;
	/** The connection was lost before the end. */
	fail(cause: unknown): void;
}

/** The methods of `node:http` itself that are not in its types: the parser and the server call them. */
interface ParsedMessage extends AnyIncomingMessage {
	/** Node 24.12 and later: it has ended, and no event will say so. */
	_dumpAndCloseReadable(): void;
}

/**
 * A request whose body the parser can hand over, past the stream that it would be put into: listeners for `data` and `end`, and the turns in which
 * they are called, cost a request with a small body 1.2 of its 13 µs.
 */
class DirectMessage extends IncomingMessage {
	#taker: BodyTaker | undefined;

	/** Something takes its body, and has not got all of it. */
	get isHanded(): boolean {
		return this.#taker !== undefined;
	}

	/**
	 * Hands the body to `taker` from now on.
	 *
	 * @returns false when some of it, or all, has been parsed before: it is in the stream
	 */
	handTo(taker: BodyTaker): boolean {
		if (this.complete || this.readableLength > 0 || this.readableDidRead) {
			return false;
		}
		this.#taker = taker;
		this._read(0); // has the server know that it is being read, and the connection go on
		return true;
	}

	/** The rest is put into the stream. */
	takeBack(): void {
		this.#taker = undefined;
	}

	/** The parser calls it with each chunk, and with null at the end. */
	override push(chunk: unknown, encoding?: BufferEncoding): boolean {
		const taker = this.#taker;
		if (taker === undefined) {
			return super.push(chunk, encoding);
		}
		if (chunk === null) {
			this.#taker = undefined;
			(this as unknown as ParsedMessage)._dumpAndCloseReadable(); // there, see below
			taker.end();
			this.emit("end"); // an answer that was given before waits for it
		} else {
			taker.add(chunk as Uint8Array); // the parser has nothing else
		}
		return true;
	}

	override _destroy(
		error: Error | null,
		callback: (error?: Error | null) => void,
	): void {
		const taker = this.#taker;
		this.#taker = undefined;
		super._destroy(error, callback);
		taker?.fail(error);
	}
}

/** The same message, on a server with {@link directMessages}. */
export function directMessage(
	incoming: AnyIncomingMessage,
): DirectMessage | undefined {
	return incoming instanceof DirectMessage ? incoming : undefined;
}

/** The option of a server whose requests are such, where the runtime can do that: Bun and Deno have other parsers. */
export const directMessages: {
	readonly IncomingMessage?: typeof DirectMessage;
} =
	"_dumpAndCloseReadable" in IncomingMessage.prototype && !isOtherRuntime
		? { IncomingMessage: DirectMessage }
		: {};
