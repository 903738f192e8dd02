import {
	type AnyChunkSource,
	iterateSource,
	SourceBody,
} from "./chunk-source.ts";
import { SilenceWatch, type Watched } from "./silence-watch.ts";

/** How the items of a source become the chunks of an answer. */
export interface ChunkForm<Item, Chunk> {
	/** The class of the answer, for messages. */
	readonly name: string;
	/** Makes the chunk of an item; an error ends the source. */
	toChunk(item: Item): Chunk | Promise<Chunk>;
	/** Hears what a generator has returned, if anything, which is not sent. */
	readonly returned?: (value: unknown) => void;
	/** A chunk for a stream on which nothing was sent for so long, in milliseconds; it never ends a wait for an item. */
	readonly ping?: { readonly chunk: Chunk; readonly intervalMs: number };
}

/** A body that is made of the items of a source, one by one, as they come. */
export class StreamBody<Item, Chunk> extends SourceBody<Chunk> {
	readonly #items: AnyChunkSource<Item>;
	readonly #form: ChunkForm<Item, Chunk>;
	#begun: SourceStream<Item, Chunk> | undefined;

	constructor(items: AnyChunkSource<Item>, form: ChunkForm<Item, Chunk>) {
		super(items);
		this.#items = items;
		this.#form = form;
	}

	/** Asks for the first chunk, which is kept for whoever iterates; rejects when the source fails before it. */
	begin(): Promise<unknown> {
		this.#begun = this.#iterate();
		return this.#begun.begin();
	}

	[Symbol.asyncIterator](): AsyncIterator<Chunk> {
		const begun = this.#begun;
		this.#begun = undefined;
		return begun ?? this.#iterate();
	}

	override async endUnread(): Promise<void> {
		if (this.#begun === undefined) {
			await super.endUnread();
		} else {
			await this.#begun.return();
		}
	}

	#iterate(): SourceStream<Item, Chunk> {
		const iterator = iterateSource(this.#items, this.#form.name);
		return new SourceStream(iterator, this.#form);
	}
}

/** Takes the chunks of a {@link SourceStream}: an object that asks for each of them, rather than two promises for each. */
export interface ChunkTaker<Chunk> {
	onChunk(result: IteratorResult<Chunk, undefined>): void;
	onError(error: unknown): void;
}

/**
 * One iteration over a source of any kind. The source is asked for an item when one is wanted, and told to `return()` at most once, also
 * if it was never asked. Written by hand rather than as a generator: a generator that waits for an item can't be told to return, and
 * takes three more promises for each.
 */
export class SourceStream<Item, Chunk>
	implements AsyncIterableIterator<Chunk>, Watched
{
	readonly #iterator: AsyncIterator<Item> | Iterator<Item>;
	readonly #form: ChunkForm<Item, Chunk>;
	#isDone = false;
	/** True while the source owes an item: a ping may be sent before it comes. */
	#isAsked = false;
	/** Who waits. */
	#taker: ChunkTaker<Chunk> | undefined;
	/** Came when nobody waited: a ping was being sent, or it is the first, which was asked for ahead. */
	#arrived: Promise<IteratorResult<Chunk, undefined>> | undefined;
	#watch: SilenceWatch | undefined;
	quietLooks = 0;

	constructor(
		iterator: AsyncIterator<Item> | Iterator<Item>,
		form: ChunkForm<Item, Chunk>,
	) {
		this.#iterator = iterator;
		this.#form = form;
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	/** The first result, which {@link SourceStream.next} gives again. */
	begin(): Promise<unknown> {
		const first = this.next();
		this.#arrived = first;
		return first;
	}

	next(): Promise<IteratorResult<Chunk, undefined>> {
		const arrived = this.#arrived;
		if (arrived !== undefined) {
			this.#arrived = undefined;
			return arrived;
		}
		if (this.#isDone) {
			return Promise.resolve(doneResult);
		}
		return new Promise((resolve, reject) => {
			this.#wait({ onChunk: resolve, onError: reject });
		});
	}

	/** {@link SourceStream.next} without promises: the taker is called once, after this has returned. */
	take(taker: ChunkTaker<Chunk>): void {
		if (this.#arrived !== undefined || this.#isDone) {
			giveLater(this.next(), taker);
		} else {
			this.#wait(taker);
		}
	}

	#wait(taker: ChunkTaker<Chunk>): void {
		const { ping } = this.#form;
		if (ping !== undefined && this.#watch === undefined) {
			this.#joinWatch(ping.intervalMs);
		}
		this.#taker = taker;
		if (!this.#isAsked) {
			this.#ask();
		}
	}

	/**
	 * Ends the iteration: a `next()` that is waiting resolves at once. The promise resolves when the source has finished, which a
	 * generator does no sooner than what it is waiting for.
	 */
	async return(): Promise<IteratorResult<Chunk, undefined>> {
		if (!this.#isDone) {
			this.#end();
			this.#deliver(doneResult);
			await this.#iterator.return?.();
		}
		return doneResult;
	}

	#ask(): void {
		this.#isAsked = true;
		try {
			const asked = this.#iterator.next();
			if (asked instanceof Promise) {
				asked.then(this.#onItem, this.#onError);
			} else {
				Promise.resolve(asked).then(this.#onItem, this.#onError);
			}
		} catch (error) {
			this.#onError(error);
		}
	}

	readonly #onItem = (result: IteratorResult<Item>): void => {
		this.#isAsked = false;
		if (this.#isDone) {
			return; // somebody has told it to return
		}
		let chunk: Chunk | Promise<Chunk>;
		try {
			if (result.done === true) {
				this.#end();
				if (result.value !== undefined) {
					this.#form.returned?.(result.value);
				}
				this.#deliver(doneResult);
				return;
			}
			chunk = this.#form.toChunk(result.value);
		} catch (error) {
			this.#refuse(error);
			return;
		}
		if (chunk instanceof Promise) {
			this.#isAsked = true;
			this.#sendLater(chunk);
		} else {
			this.#send(chunk);
		}
	};

	readonly #onError = (error: unknown): void => {
		if (!this.#isDone) {
			this.#end();
			this.#deliver(rejected(error));
		}
	};

	#sendLater(chunk: Promise<Chunk>): void {
		chunk.then(
			(made) => {
				this.#isAsked = false;
				if (!this.#isDone) {
					this.#send(made);
				}
			},
			(error: unknown) => {
				if (!this.#isDone) {
					this.#refuse(error);
				}
			},
		);
	}

	#send(chunk: Chunk): void {
		this.quietLooks = 0;
		this.#deliver({ done: false, value: chunk });
	}

	/** Whoever iterates does not call `return()` after an error. */
	#refuse(error: unknown): void {
		this.#end();
		this.#deliver(this.#returnThenThrow(error));
	}

	async #returnThenThrow(error: unknown): Promise<never> {
		await this.#iterator.return?.();
		throw error;
	}

	#deliver(result: ChunkResult<Chunk>): void {
		const taker = this.#taker;
		if (taker === undefined) {
			if (result !== doneResult) {
				this.#arrived = Promise.resolve(result);
				// an error that comes while a ping is being sent is thrown by the next call, so it is not unhandled
				this.#arrived.catch(ignore);
			}
			return;
		}
		this.#taker = undefined;
		if (result instanceof Promise) {
			giveLater(result, taker);
		} else {
			taker.onChunk(result);
		}
	}

	#end(): void {
		this.#isDone = true;
		this.#leaveWatch();
	}

	/** Nothing was sent for as long as the form says. */
	onSilence(): void {
		const { ping } = this.#form;
		if (ping === undefined || this.#taker === undefined) {
			this.#leaveWatch(); // the next call joins it again
		} else {
			this.#deliver({ done: false, value: ping.chunk });
		}
	}

	#joinWatch(intervalMs: number): void {
		this.#watch = SilenceWatch.join(intervalMs, this);
	}

	#leaveWatch(): void {
		this.#watch?.leave(this);
		this.#watch = undefined;
	}
}

type ChunkResult<Chunk> =
	| IteratorResult<Chunk, undefined>
	| Promise<IteratorResult<Chunk, undefined>>;

const doneResult: IteratorReturnResult<undefined> = {
	done: true,
	value: undefined,
};

function giveLater<Chunk>(
	result: Promise<IteratorResult<Chunk, undefined>>,
	taker: ChunkTaker<Chunk>,
): void {
	result.then(
		(made) => taker.onChunk(made),
		(error: unknown) => taker.onError(error),
	);
}

function rejected(error: unknown): Promise<never> {
	return Promise.reject(error);
}

function ignore(): void {}
