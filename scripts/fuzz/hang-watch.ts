import { isMainThread, Worker, workerData } from "node:worker_threads";

/**
 * Ends the process with the text of the request that has kept it busy for too long: a loop that never ends leaves nobody else to tell.
 * Disposed of, it watches no more.
 */
export class HangWatch implements Disposable {
	readonly #memory = new SharedArrayBuffer(8 + 64 * 1024);
	readonly #count = new Int32Array(this.#memory, 0, 2);
	readonly #text = new Uint8Array(this.#memory, 8);
	readonly #thread: Worker;

	constructor(limitMs: number) {
		this.#thread = new Worker(import.meta.filename, {
			workerData: { memory: this.#memory, limitMs } satisfies Watched,
		});
		this.#thread.unref();
	}

	/** Begins to watch a request. */
	note(request: string): void {
		const { written } = new TextEncoder().encodeInto(request, this.#text);
		Atomics.store(this.#count, 1, written);
		Atomics.add(this.#count, 0, 1);
	}

	[Symbol.dispose](): void {
		void this.#thread.terminate();
	}
}

interface Watched {
	readonly memory: SharedArrayBuffer;
	readonly limitMs: number;
}

function watch({ memory, limitMs }: Watched): void {
	const count = new Int32Array(memory, 0, 2);
	let seen = -1;
	setInterval(() => {
		const now = Atomics.load(count, 0);
		if (now !== seen || now === 0) {
			seen = now;
			return;
		}
		const bytes = new Uint8Array(memory, 8, Atomics.load(count, 1)).slice();
		process.stderr.write(
			`no answer within ${limitMs} ms, and nothing else runs:\n${new TextDecoder().decode(bytes)}\n`,
			() => process.exit(1),
		);
	}, limitMs);
}

if (!isMainThread) {
	watch(workerData as Watched);
}
