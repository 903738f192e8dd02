import { programPlace } from "../errors/program-stack.ts";

/** How long after its answer a promise may still be waited for. */
const patienceMs = 1000;

/**
 * A promise whose answer decides who may pass: an `if` that forgot to await it lets everybody pass, and neither the compiler nor a request
 * says so. It is told, with the place, when nobody has waited for it a second after the answer was there.
 *
 * @param name of the function that gives it, as messages have it
 */
export function mustAwait<Value>(
	name: string,
	answer: Promise<Value>,
): Promise<Value> {
	const called = new Error();
	const promise = new WatchedPromise<Value>((resolve, reject) => {
		answer.then(resolve, reject);
	});
	const settled = () => {
		if (promise.isAwaited) {
			return;
		}
		const timer = setTimeout(() => {
			if (!promise.isAwaited) {
				console.error(
					`${programPlace(called) ?? "somewhere"}: nobody waited for ${name}(), so that its answer decided nothing; write "await ${name}(…)".`,
				);
			}
		}, patienceMs);
		timer.unref?.();
	};
	answer.then(settled, settled);
	return promise;
}

class WatchedPromise<Value> extends Promise<Value> {
	/** Its own `then` gives ordinary ones. */
	static override get [Symbol.species](): PromiseConstructor {
		return Promise;
	}

	isAwaited = false;

	// biome-ignore lint/suspicious/noThenProperty: `await` asks the promises of other classes by it
	override then<Result1 = Value, Result2 = never>(
		onFulfilled?: ((value: Value) => Result1 | PromiseLike<Result1>) | null,
		onRejected?: ((reason: unknown) => Result2 | PromiseLike<Result2>) | null,
	): Promise<Result1 | Result2> {
		this.isAwaited = true;
		return super.then(onFulfilled, onRejected);
	}
}
