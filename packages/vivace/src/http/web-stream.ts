import { bodyError } from "./exchange.ts";

/**
 * A web stream of the chunks, strings as UTF-8. It pulls one chunk at a time when it is read, and cancelling it finishes the
 * iteration.
 *
 * @param onEnd called once: when the stream has been closed, with the error that the chunks threw, or, when the iteration has been
 * finished, with the reason of the cancellation
 * @param finish ends the iteration when the stream is cancelled; resolves when nobody waits for it any longer
 * @param onFailure told what the chunks threw, before `onEnd` is; does not throw
 */
export function toWebStream(
	chunks: AsyncIterable<string | Uint8Array>,
	onEnd: (error?: unknown) => void = () => {},
	finish: (iterator: AsyncIterator<unknown>) => Promise<unknown> = async (
		iterator,
	) => iterator.return?.(),
	onFailure: (error: unknown) => void = () => {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
	const encoder = new TextEncoder();
	let iterator: AsyncIterator<string | Uint8Array> | undefined;
	let isCancelled = false;
	const started = () => (iterator ??= chunks[Symbol.asyncIterator]());
	const pull = async (
		controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>,
	) => {
		const { done, value } = await nextNonEmpty(started());
		if (isCancelled) {
			return; // cancel() waits for the iteration to be finished, and says when it is
		}
		if (done === true) {
			controller.close();
			onEnd();
		} else {
			const bytes = typeof value === "string" ? encoder.encode(value) : value;
			// the web's types exclude shared memory, which no server hands out
			controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
		}
	};
	return new ReadableStream<Uint8Array<ArrayBuffer>>(
		{
			pull: (controller) =>
				pull(controller).catch((error) => {
					if (isCancelled) {
						return;
					}
					const failure = bodyError(error);
					controller.error(error);
					onFailure(failure);
					onEnd(failure);
				}),
			cancel: async (reason) => {
				isCancelled = true;
				try {
					await finish(started());
				} finally {
					onEnd(reason ?? new Error("The body was cancelled."));
				}
			},
		},
		{ highWaterMark: 0 },
	);
}

// a chunk without bytes would not satisfy the pull, and the stream would ask again without need
async function nextNonEmpty(
	iterator: AsyncIterator<string | Uint8Array>,
): Promise<IteratorResult<string | Uint8Array>> {
	let result = await iterator.next();
	while (result.done !== true && result.value.length === 0) {
		result = await iterator.next();
	}
	return result;
}

/**
 * The chunks of a web stream, which is locked at once. Leaving the iteration early cancels the stream, also while a chunk is being waited for (which a
 * generator could not do).
 */
export function fromWebStream<Chunk>(
	stream: ReadableStream<Chunk>,
): AsyncIterableIterator<Chunk, undefined> {
	const reader = stream.getReader();
	return {
		[Symbol.asyncIterator]() {
			return this;
		},
		async next() {
			const result = await reader.read();
			return result.done ? { done: true, value: undefined } : result;
		},
		async return() {
			await reader.cancel();
			return { done: true, value: undefined };
		},
	};
}
