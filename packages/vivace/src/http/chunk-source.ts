import { isWrittenClass } from "../errors/is-class.ts";
import { fromWebStream } from "./web-stream.ts";

/** A source of a streaming answer. Each of its pieces is text, sent as UTF-8, or bytes. */
export type ChunkSource<Chunk> =
	| AsyncIterable<Chunk>
	| Iterable<Chunk>
	| ReadableStream<Chunk>;

/** A source, or a function that makes one for each answer. */
export type AnyChunkSource<Chunk> =
	| ChunkSource<Chunk>
	| (() => ChunkSource<Chunk>);

/** The iterations that answers have: a generator gives the same one again. */
const iterated = new WeakSet<object>();

/**
 * Iterates a source for one answer.
 *
 * @param name the class of the answer, for the message
 * @throws TypeError when another answer has it: a generator, a stream can be iterated once
 */
export function iterateSource<Value>(
	source: AnyChunkSource<Value>,
	name: string,
): AsyncIterator<Value> | Iterator<Value> {
	const made: unknown = typeof source === "function" ? source() : source;
	if (!isChunkSource(made)) {
		throw new TypeError(
			`The function of a ${name} must make an iterable, an async iterable or a ReadableStream, but it returned ${made === null ? "null" : typeof made}.`,
		);
	}
	if (made instanceof ReadableStream && made.locked) {
		throw hasBeenSent(name);
	}
	const iterator = iteratorOf(made as ChunkSource<Value>); // the source's type vouches for it
	if (iterated.has(iterator)) {
		throw hasBeenSent(name);
	}
	iterated.add(iterator);
	return iterator;
}

/**
 * Ends a source that nobody has iterated: a stream that is never read would keep what it reads from, another server or a file. A generator
 * that has not begun holds nothing, and a function has made nothing yet.
 */
export async function endUnread(
	source: AnyChunkSource<unknown>,
): Promise<void> {
	if (source instanceof ReadableStream) {
		if (!source.locked) {
			await source.cancel();
		}
	} else if (isHeld(source)) {
		await (source.return?.() ?? source.destroy?.());
	}
}

/** A source that may have begun already, or holds something from the start: an iteration, a stream of Node. */
interface HeldSource {
	return?(): unknown;
	destroy?(): unknown;
}

function isHeld(source: object): source is HeldSource {
	const { next, destroy } = source as { next?: unknown; destroy?: unknown };
	const isUnread = !iterated.has(source);
	return isUnread && typeof (next ?? destroy) === "function";
}

/** A body that comes from a source of the program's, which an answer may drop before it is read. */
export abstract class SourceBody<Chunk> {
	/** The source that holds something as long as nobody reads it. */
	origin: AnyChunkSource<unknown>;

	constructor(origin: AnyChunkSource<unknown>) {
		this.origin = origin;
	}

	abstract [Symbol.asyncIterator](): AsyncIterator<Chunk>;

	/** See {@link endUnread}. */
	endUnread(): Promise<void> {
		return endUnread(this.origin);
	}
}

function hasBeenSent(name: string): TypeError {
	return new TypeError(
		`This ${name} has been sent; give it a function that makes its chunks.`,
	);
}

/** True when a value can be iterated as a stream of chunks; text and bytes are chunks themselves. */
export function isChunkSource(value: unknown): value is ChunkSource<unknown> {
	return (
		typeof value === "object" &&
		value !== null &&
		!(value instanceof Uint8Array) &&
		(Symbol.asyncIterator in value ||
			Symbol.iterator in value ||
			value instanceof ReadableStream)
	);
}

/** True for a source, or for a function that may make one. */
export function isSourceOrMaker(value: unknown): boolean {
	return (
		isChunkSource(value) ||
		(typeof value === "function" && !isWrittenClass(value))
	);
}

function iteratorOf<Value>(
	source: ChunkSource<Value>,
): AsyncIterator<Value> | Iterator<Value> {
	// first, because cancelling our reader does not wait for a value that never comes
	if (source instanceof ReadableStream) {
		return fromWebStream(source);
	}
	return Symbol.asyncIterator in source
		? source[Symbol.asyncIterator]()
		: source[Symbol.iterator]();
}
