import { HTTPException } from "../../errors/http-exception.ts";
import { assertOptions } from "../../errors/options.ts";
import { collectBody } from "../body-collector.ts";
import type { ResolvedLimits } from "../limits.ts";
import { byteStrings, partTooLarge } from "./form-builder.ts";
import { formEncoding } from "./form-encoding.ts";
import { multipartParser } from "./multipart-parser.ts";
import type {
	MultipartParser,
	MultipartToken,
	PartHead,
} from "./multipart-port.ts";
import { decodeText } from "./part-head.ts";
import { type SaveOptions, saveContent, saveRules } from "./save-content.ts";

/**
 * A part of a multipart form as it arrives; nothing of it is stored. Its content can be read once, before you ask for the next part.
 * Content that you don't read is skipped.
 */
export class FormPart {
	/** The field's name. */
	readonly name: string;
	/** The client's name for a file, never to be used as a path; `undefined` for a text field. */
	readonly filename: string | undefined;
	/** The media type as the client sent it, or `undefined`. */
	readonly contentType: string | undefined;
	/** The part's header lines. */
	readonly headers: Headers;
	readonly #tokens: TokenReader;
	readonly #limits: ResolvedLimits;
	#state: "unread" | "open" | "over" = "unread";
	#isTaking = false;
	#turn: Promise<unknown> = Promise.resolve();

	/** @internal */
	constructor(
		{ name, filename, contentType, headers }: PartHead,
		tokens: TokenReader,
		limits: ResolvedLimits,
	) {
		this.name = name;
		this.filename = filename;
		this.contentType = contentType;
		this.headers = new Headers(byteStrings(headers));
		this.#tokens = tokens;
		this.#limits = limits;
	}

	/**
	 * The content in the chunks in which it arrives; the client can't send faster than you read.
	 *
	 * @throws TypeError when it was read before, or the next part was asked for
	 * @throws HTTPException 400 when the form ends early
	 * @throws ClientGoneError
	 */
	get body(): AsyncIterableIterator<Uint8Array, void> {
		let isBegun = false;
		// no generator: one would cost as much as all else that is done with a piece
		return {
			next: async () => {
				if (!isBegun) {
					isBegun = true;
					this.#begin();
				}
				const value = await this.#next();
				return value === undefined
					? { done: true, value }
					: { done: false, value };
			},
			return: async () => ({ done: true, value: undefined }),
			[Symbol.asyncIterator]() {
				return this;
			},
		};
	}

	/**
	 * The content as a string: UTF-8, or latin-1 if it isn't valid UTF-8.
	 *
	 * @throws HTTPException 400 when it is larger than `limits.fieldBytes` of the route or the app
	 * @throws as {@link FormPart.body}
	 */
	async text(): Promise<string> {
		const { fieldBytes } = this.#limits;
		const chunks: Uint8Array[] = [];
		let size = 0;
		for await (const chunk of this.body) {
			size += chunk.length;
			if (size > fieldBytes) {
				throw partTooLarge(fieldBytes);
			}
			chunks.push(chunk);
		}
		return decodeText(Buffer.concat(chunks));
	}

	/**
	 * The content.
	 *
	 * @throws BodyTooLargeError (413) when it is larger than `limits.bodyBytes` of the route or the app
	 * @throws as {@link FormPart.body}
	 */
	bytes(): Promise<Uint8Array> {
		return collectBody(this.body, this.#limits.bodyBytes);
	}

	/**
	 * Writes the content to a path of the server while it arrives, completely or not at all: if it fails or is cut off, an existing file
	 * stays as it was.
	 *
	 * @returns the size in bytes
	 * @throws the system's error: `ENOENT` without the folder, `EEXIST` where the file is there and `overwrite` is false
	 * @throws as {@link FormPart.body}
	 */
	saveTo(path: string, options: SaveOptions = {}): Promise<number> {
		assertOptions("saveTo()", options, saveRules);
		return saveContent(path, this.body, options);
	}

	/** @internal Reads over what is left of it. */
	async "~finish"(): Promise<void> {
		while (this.#state !== "over") {
			await this.#next();
		}
	}

	#begin(): void {
		if (this.#state !== "unread") {
			throw new TypeError(
				`The part "${this.name}" is gone: its content can be read once, before the next part is asked for.`,
			);
		}
		this.#state = "open";
	}

	/** One after the other: who reads on while the next part is asked for must not take that part's head. */
	#next(): Promise<Uint8Array | undefined> {
		const take = () => this.#take();
		const turn = this.#isTaking ? this.#turn.then(take, take) : take();
		this.#turn = turn;
		return turn;
	}

	async #take(): Promise<Uint8Array | undefined> {
		if (this.#state === "over") {
			return undefined;
		}
		this.#isTaking = true;
		try {
			const token = await this.#tokens.next();
			if (token instanceof Uint8Array) {
				return token;
			}
			this.#state = "over"; // a part has no other end
			return undefined;
		} catch (error) {
			this.#state = "over";
			throw error;
		} finally {
			this.#isTaking = false;
		}
	}
}

/** The request that parts are read from. */
export interface PartSource {
	header(name: string): string | undefined;
	/** The body in its pieces; nobody else may have begun to read it. */
	takeChunks(): AsyncIterable<Uint8Array>;
}

/**
 * The parts of a multipart form, one after the other.
 *
 * @throws HTTPException 415 for what says that it is no multipart form, 400 for what is none
 */
export async function* readParts(
	source: PartSource,
	limits: ResolvedLimits,
): AsyncGenerator<FormPart, void> {
	const encoding = formEncoding(source.header("content-type"));
	if (encoding.kind !== "multipart") {
		throw new HTTPException(415, "Expected multipart/form-data.");
	}
	const chunks = source.takeChunks()[Symbol.asyncIterator]();
	const tokens = new TokenReader(chunks, multipartParser(encoding.boundary));
	try {
		for (;;) {
			const head = await tokens.next();
			if (head === undefined) {
				return;
			}
			const part = new FormPart(head as PartHead, tokens, limits); // the part before it has ended
			yield part;
			await part["~finish"]();
		}
	} finally {
		await chunks.return?.();
	}
}

/** Pulls the tokens of a form, one at a time; `undefined` at its end. */
class TokenReader {
	readonly #chunks: AsyncIterator<Uint8Array>;
	readonly #parser: MultipartParser;
	#tokens: Iterator<MultipartToken> | undefined;

	constructor(chunks: AsyncIterator<Uint8Array>, parser: MultipartParser) {
		this.#chunks = chunks;
		this.#parser = parser;
	}

	async next(): Promise<MultipartToken | undefined> {
		for (;;) {
			const token = this.#tokens?.next();
			if (token?.done === false) {
				return token.value;
			}
			const chunk = await this.#chunks.next();
			if (chunk.done === true) {
				this.#tokens = undefined;
				this.#parser.finish();
				return undefined;
			}
			this.#tokens = this.#parser.feed(chunk.value)[Symbol.iterator]();
		}
	}
}
