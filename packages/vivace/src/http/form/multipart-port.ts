/** The head of a part, which stands before its content (RFC 7578 §4). */
export interface PartHead {
	/** The field's name, of `Content-Disposition`. */
	readonly name: string;
	/** The file's name as the client sent it, which may be empty; `undefined` makes a field of text. */
	readonly filename: string | undefined;
	/** As sent; `undefined` where the part does not say. */
	readonly contentType: string | undefined;
	/** All header lines, names in lower case. */
	readonly headers: readonly (readonly [string, string])[];
}

/** Ends the part that is open. */
export const partEnd: unique symbol = Symbol("end of the part");

/** A token of a multipart body: the head of a part, any number of pieces of its content, its end. */
export type MultipartToken = PartHead | Uint8Array | typeof partEnd;

/**
 * Takes a multipart body in the pieces in which it arrives. It keeps no content, starts no stream and waits for nobody: whoever asks for
 * its tokens reads as fast as he can take them, on any runtime.
 */
export interface MultipartParser {
	/**
	 * The tokens that end within a piece; contents are views of it.
	 *
	 * @throws HTTPException 400 for what is no multipart body
	 */
	feed(chunk: Uint8Array): Iterable<MultipartToken>;
	/** @throws HTTPException 400 when the body ends before its last boundary */
	finish(): void;
}
